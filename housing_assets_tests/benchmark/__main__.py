"""The command ``python -m housing_assets_tests.benchmark``. Without options it measures everything: about an hour."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

PINNED = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1") | {
    "OMP_WAIT_POLICY": "passive"
}
"""For this process and all that it starts; read when numpy is imported."""

PARTS = ("seed", "ours", "default", "splits", "blocks", "growth")


@click.command()
@click.option("--only", multiple=True, type=click.Choice(PARTS), help="What to measure, may be repeated.  [all]")
@click.option("--rows", multiple=True, type=int, default=(20_000, 200_000, 2_000_000), help="Sizes of growth.")
@click.option("--quick", is_flag=True, help="Few rows, few trees, to see that it runs.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file for the tables, too.")
def main(only: tuple[str, ...], rows: tuple[int, ...], *, quick: bool, output: Path | None) -> None:
    """Measure this project against the pipeline that it was born from, and print the tables."""
    os.environ.update(PINNED)
    from housing_assets_tests.benchmark.measured import measure
    from housing_assets_tests.benchmark.table import markdown

    with tempfile.TemporaryDirectory(prefix="housing-benchmark-") as folder:
        tables = markdown(
            measure(
                only or PARTS,
                rows=sorted(rows),
                quick=quick,
                folder=Path(folder),
                report=lambda text: click.echo(text, err=True),
            )
        )
    click.echo(tables)
    if output:
        output.write_text(tables, encoding="utf-8")


if __name__ == "__main__":
    main()
