"""``python -m housing_assets_tests.benchmark.files [HOME]``: ``housing predict`` on ever larger files.

Memory must not grow with the file. The version is the one in production in HOME.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from housing_assets.domain.schema import PREDICTORS
from housing_assets_tests.benchmark.markdown import section
from housing_assets_tests.benchmark.measuring import peak_megabytes
from housing_assets_tests.benchmark.pipeline import HOUSING
from housing_assets_tests.generator import generate

PART_ROWS = 20_000


def write_rows(path: Path, rows: int) -> None:
    """A CSV file of generated rows, of which a part is repeated until there are enough."""
    part = generate(PART_ROWS, seed=1)[list(PREDICTORS)].to_csv(index=False)
    header, _, lines = part.partition("\n")
    with path.open("w") as file:
        file.write(f"{header}\n")
        for _ in range(rows // PART_ROWS):
            file.write(lines)


def price(path: Path, home: Path) -> tuple[float, float, int]:
    """Seconds, megabytes at the most, and how many rows were priced."""
    out = path.with_suffix(".priced.csv")
    started = time.perf_counter()
    with peak_megabytes() as peak:
        subprocess.run([*HOUSING, "predict", str(path), "--out", str(out)], cwd=home, check=True, capture_output=True)
    seconds = time.perf_counter() - started
    with out.open() as lines:
        return seconds, peak[0], sum(1 for _ in lines) - 1


@click.command()
@click.argument("home", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path())
@click.option("--rows", multiple=True, type=int, default=(20_000, 200_000, 2_000_000), help="Sizes of the files.")
def main(home: Path, rows: tuple[int, ...]) -> None:
    """Print seconds, rows a second and memory of each size. HOME is the folder in which `housing run` was called."""
    table = []
    with tempfile.TemporaryDirectory() as folder:
        for count in rows:
            path = Path(folder) / f"{count}.csv"
            write_rows(path, count)
            seconds, megabytes, priced = price(path, home)
            table.append([f"{priced:,}", f"{seconds:.1f}", f"{priced / seconds:,.0f}", f"{megabytes:,.0f}"])
            click.echo(" ".join(table[-1]), err=True)
    click.echo(section("`housing predict`", ["rows", "seconds", "rows/s", "most memory, MB"], table))


if __name__ == "__main__":
    sys.exit(main())
