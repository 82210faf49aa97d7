"""Prices of the rows of a file."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from housing_assets.serving.row_schema import RowFault

SOME_FAULTY = 1
SHOWN_FAULTS = 10
PROGRESS_SECONDS = 5
OUTPUT = click.Path(dir_okay=False, path_type=Path)


class UnusableFileError(ExpectedError, ValueError):
    """No row of a file can be priced."""


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help=".csv, .jsonl or .parquet.  [CSV to stdout]"
)
@click.option("--faulty", type=OUTPUT, help="Where faulty rows are listed.")
@click.option("--model", "wanted", help="production, staging or the number of a version.  [production]")
@click.option("--coverage", type=click.FloatRange(0.01, 0.99), help="Of the intervals.  [evaluation.coverage]")
@click.option("--explain", is_flag=True, help="Add what drove each price, in dollars; 64 times slower.")
def predict(
    file: IO[bytes], out: Path | None, faulty: Path | None, wanted: str | None, coverage: float | None, explain: bool
) -> None:
    """Price each row of FILE: CSV, Parquet or JSON lines, packed or not; - is stdin.

    Rows count from 0, the first one below the header. A faulty row is set aside, and told on stderr, or listed in
    --faulty. Exit code 1: some rows were faulty; 2: nothing was priced.
    """
    from housing_assets.batches.batch_prices import price_batch
    from housing_assets.batches.price_file import open_table
    from housing_assets.batches.row_batches import read_batches
    from housing_assets.cli.model_access import open_model_source
    from housing_assets.domain.data.reading.options import MEGABYTE, Reading
    from housing_assets.serving.log.prediction_log import logging_to, open_log
    from housing_assets.settings import load_settings

    settings = load_settings()
    source = open_model_source(settings)
    model = source.load(wanted or settings.registry.production_alias)
    maximum_bytes = int(settings.raw.maximum_megabytes * MEGABYTE)
    reading = Reading(maximum_bytes, settings.raw.columns, settings.raw.missing, tell_once())
    progress = Progress()
    with ExitStack() as stack, explain_refusal(file.name):
        log = stack.enter_context(logging_to(open_log(source.store.blobs, settings.serving), warn))
        prices = stack.enter_context(open_table(out))
        list_faults = fault_listing(stack, faulty)
        for batch in read_batches(file, reading, batch_rows=settings.serving.batch_rows):
            priced = price_batch(model, batch, coverage or settings.evaluation.coverage, explain=explain, log=log)
            if len(priced.table):
                prices.write(priced.table)
            list_faults(priced.faults)
            progress.add(len(priced.table), len({fault.row for fault in priced.faults}))
    progress.end(model.reference.version)
    sys.exit(0 if not progress.faulty else SOME_FAULTY if progress.priced else 2)


def warn(text: str) -> None:
    click.echo(text, err=True)


@contextmanager
def explain_refusal(name: str) -> Iterator[None]:
    """What is wrong with the file, without what the reader of raw files advises."""
    from housing_assets.domain.data.findings import RawDataError

    try:
        yield
    except RawDataError as error:
        raise UnusableFileError("; ".join([f"{name} cannot be priced", *map(str, error.findings)])) from error


def tell_once() -> Callable[[str], None]:
    """Tells each way in which the file was understood, once."""
    told: set[str] = set()

    def tell(note: str) -> None:
        if note not in told:
            told.add(note)
            click.echo(f"read: {note}", err=True)

    return tell


def fault_listing(stack: ExitStack, path: Path | None) -> Callable[[list[RowFault]], None]:
    """What is told of each batch's faults: the first of them on stderr, or all of them to ``path``."""
    import pandas as pd

    from housing_assets.batches.price_file import open_table

    table = stack.enter_context(open_table(path)) if path else None
    shown = 0

    def list_faults(faults: list[RowFault]) -> None:
        nonlocal shown
        if table is not None and faults:
            table.write(pd.DataFrame(faults))
            return
        for fault in faults[: SHOWN_FAULTS - shown]:
            click.echo(f"row {fault.row}: {fault.field} {fault.reason}".replace(":  ", ": "), err=True)
            shown += 1

    return list_faults


class Progress:
    """How far a file is, on stderr every few seconds."""

    def __init__(self) -> None:
        self.priced = self.faulty = 0
        self.started = self.told = time.monotonic()

    def add(self, priced: int, faulty: int) -> None:
        self.priced += priced
        self.faulty += faulty
        now = time.monotonic()
        if now - self.told >= PROGRESS_SECONDS:
            self.told = now
            click.echo(f"{self.priced:,} rows priced, {self.priced / (now - self.started):,.0f} a second", err=True)

    def end(self, version: int) -> None:
        aside = f", {self.faulty:,} faulty rows set aside" if self.faulty else ""
        click.echo(f"{self.priced:,} rows priced by version {version}{aside}", err=True)
