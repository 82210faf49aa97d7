"""A logged period, answered by another version."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("version")
@click.option("--since", required=True, help="First day, as YYYY-MM-DD.")
@click.option("--until", default="9999-12-31", help="Last day.  [the last one that is logged]")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="All rows: .csv, .jsonl or .parquet.")
def replay(version: str, since: str, until: str, out: Path | None) -> None:
    """Price again with VERSION (a number or an alias) what was asked in a period, and compare."""
    from housing_assets.batches.price_file import open_table
    from housing_assets.cli.model_access import open_model_source
    from housing_assets.domain.monitoring.agreement import agreement, told
    from housing_assets.monitoring.period import answered, answered_again
    from housing_assets.serving.log.log_files import is_day
    from housing_assets.settings import load_settings

    if wrong := [day for day in (since, until) if not is_day(day)]:
        raise click.ClickException(f"{', '.join(wrong)}: give a day as YYYY-MM-DD")
    settings = load_settings()
    source = open_model_source(settings)
    rows = answered(source.store.blobs, since, until)
    if not len(rows):
        raise click.ClickException(
            f"nothing is logged from {since} on: the log is in the store, predictions_log/date=DAY"
        )
    again = answered_again(rows, source.load(version), settings.evaluation.coverage)
    if not len(again):
        raise click.ClickException(f"{len(rows):,} rows are logged without their inputs (serving.log_inputs)")
    versions = ", ".join(f"version {each}" for each in sorted(set(again["version"])))
    for line in told(agreement(again), versions, f"version {again['other_version'].iloc[0]}"):
        click.echo(line)
    if out is not None:
        with open_table(out) as table:
            table.write(again)
