"""What every gate said of the last run of its asset."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import dagster as dg

    from housing_assets.checks.report import CheckRow
    from housing_assets.storage.store import Store


@click.command()
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option("--markdown", "form", flag_value="markdown", help="Print Markdown.")
@click.option("--html", "page", type=click.Path(dir_okay=False, path_type=Path), help="Write one page, with the plots.")
def checks(form: str | None, page: Path | None) -> None:
    """List each check of the last run of its asset. Exits with 1 if a blocking one failed."""
    from housing_assets.checks import report
    from housing_assets.checks import report_page as pages
    from housing_assets.cli.instance import project_instance

    with project_instance() as instance:
        rows = last_rows(instance)
    if page:
        from housing_assets.profiles import choose_profile

        plots = recorded_plots(choose_profile().resources()["store"].open(), rows)
        now = datetime.now(UTC).isoformat(timespec="minutes")
        page.write_text(pages.as_page(rows, plots, "Checks of the housing assets", now), encoding="utf-8")
        click.echo(f"{report.summary(rows)}: {page}")
    else:
        renderers = {"json": report.as_json, "markdown": pages.as_markdown, None: report.as_table}
        click.echo(renderers[form](rows))
    sys.exit(report.exit_status(rows))


def last_rows(instance: dg.DagsterInstance) -> list[CheckRow]:
    """The newest verdict of each gate of the lineage, in its order."""
    import dagster as dg

    from housing_assets.automation.run_results import judged_version, verdict_of
    from housing_assets.checks.report import check_row
    from housing_assets.domain.gates.catalogue import GATES

    rows = []
    for asset, gates in GATES.items():
        for gate in gates:
            record = instance.get_latest_asset_check_evaluation_record(dg.AssetCheckKey(dg.AssetKey(asset), gate.name))
            if record and record.event and record.evaluation:
                when = datetime.fromtimestamp(record.event.timestamp, UTC).isoformat(timespec="seconds")
                rows.append(check_row(asset, verdict_of(record.evaluation), when, judged_version(record.evaluation)))
    return rows


def recorded_plots(store: Store, rows: list[CheckRow]) -> dict[str, dict[str, bytes]]:
    """The plots that were recorded with the judged value of each asset, as PNG."""
    from housing_assets.reuse.drawing import embedded_images

    judged = {row.asset: row.data_version for row in rows}
    plots = {}
    for asset, version in judged.items():
        entry = next((entry for entry in store.history(asset) if entry.stored.data_version == version), None)
        plots[asset] = embedded_images(entry.metadata) if entry else {}
    return plots
