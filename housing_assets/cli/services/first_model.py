"""The first model of a home, for whoever wants a price before anything else: computed, judged by its gates, promoted.

``python -m housing_assets.cli.services.first_model`` does it where nothing is in production, and else nothing.
"""

from __future__ import annotations

from housing_assets.cli.model_versions import open_releases, promote
from housing_assets.cli.process import set_up
from housing_assets.cli.runs.pipeline import run

WHY = "the first model, for a price at all"


def is_needed() -> bool:
    """Whether nothing was ever put into production."""
    return not open_releases().history()


def main(*options: str) -> None:
    """With ``options`` of ``housing run``. Ends with the exit code of what fails: the log of ``housing up`` has it."""
    set_up()
    if is_needed():
        run.main(list(options), standalone_mode=False)
        promote.main(["staging", "--why", WHY], standalone_mode=False)


if __name__ == "__main__":
    main()
