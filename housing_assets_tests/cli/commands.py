"""The ``housing`` command in this process, where a test stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner

from housing_assets.cli import main

if TYPE_CHECKING:
    from click.testing import Result


def housing(*arguments: str) -> Result:
    """What ``housing`` printed, and how it ended. An error that it does not expect is raised."""
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def refused(*arguments: str) -> str:
    """The one message with which ``housing`` refused, and nothing else."""
    result = housing(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("housing: ")
    return result.stderr
