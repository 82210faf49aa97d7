"""Stored versions of assets: list them, go back to one, remove what nothing needs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets.storage.store import Store

LONGEST_PREVIEW = 600
"""Characters of a value in JSON that are shown."""


@click.command()
@click.argument("asset")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable, with settings, code and inputs.")
def history(asset: str, *, as_json: bool) -> None:
    """Every stored version of ASSET: when, by which run, from what."""
    store = _store()
    entries, current = store.history(asset), store.current(asset)
    if as_json:
        click.echo(json.dumps([asdict(entry) for entry in entries], indent=2))
        return
    rejected = {rejection.entry.fingerprint for rejection in store.rejections(asset)}
    for entry in entries:
        inputs = ", ".join(f"{name} {version[:8]}" for name, version in entry.parts.get("inputs", {}).items())
        mark = "*" if current and entry.fingerprint == current.fingerprint else " "
        state = "rejected" if entry.fingerprint in rejected else "accepted"
        click.echo(
            f"{mark} {entry.created}  {entry.stored.data_version[:12]}  {state}  {entry.seconds:7.1f} s  "
            f"run {entry.run_id[:8]}  {inputs}".rstrip()
        )


@click.command()
@click.argument("asset")
@click.option("--plots", type=click.Path(file_okay=False, path_type=Path), help="Write the plots to this folder.")
def show(asset: str, plots: Path | None) -> None:
    """The current value of ASSET: what it is, its metrics, and its plots where --plots names a folder."""
    from housing_assets.reuse.figures import embedded_images

    store = _store()
    entry = store.current(asset)
    if entry is None:
        raise click.ClickException(f"nothing is stored of {asset}: housing status lists the assets")
    click.echo(f"{asset} {entry.stored.data_version[:12]}, computed {entry.created} in {entry.seconds:.1f} s")
    click.echo(_preview(store.load(entry.stored)))
    for name, value in _numbers(entry.measurements):
        click.echo(f"{name:48} {value:>14,.6g}")
    images = embedded_images(entry.metadata)
    if plots is None:
        click.echo(f"plots: {', '.join(images)} (--plots FOLDER writes them)" if images else "no plots")
        return
    plots.mkdir(parents=True, exist_ok=True)
    for name, image in images.items():
        file = plots / f"{asset}.{name}.png"
        file.write_bytes(image)
        click.echo(f"wrote {file}")


def _preview(value: Any) -> str:
    """A table by its size and first rows, a fitted object by its name, JSON by its beginning."""
    if hasattr(value, "columns"):
        return f"{len(value):,} rows, {len(value.columns)} columns\n{value.head().to_string(max_cols=8)}"
    if isinstance(value, (dict, list)):
        text = json.dumps(value, indent=1, default=str)
        return text if len(text) <= LONGEST_PREVIEW else f"{text[:LONGEST_PREVIEW]} …"
    return type(value).__name__


def _numbers(measurements: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """The numbers of the outer two levels, by path: the inner ones are of single segments."""
    for name, value in measurements.items():
        if isinstance(value, dict) and path.count(".") < 1:
            yield from _numbers(value, f"{path}{name}.")
        elif isinstance(value, (int, float)):
            yield f"{path}{name}", value


@click.command()
@click.argument("asset")
@click.argument("version")
def restore(asset: str, version: str) -> None:
    """Make an earlier VERSION of ASSET the current one; a later run brings what follows in line."""
    entry = _store().restore(asset, version)
    click.echo(f"{asset} is {entry.stored.data_version[:12]} of {entry.created} again. See: housing status")


@click.command()
@click.option("--keep-days", default=30, show_default=True, help="Results that are younger stay.")
@click.option("--delete", is_flag=True, help="Really remove; without it, only say what would go.")
def gc(keep_days: int, *, delete: bool) -> None:
    """Remove stored objects that nothing refers to: no current asset, no registered model, no recent result.

    Local folders of W&B runs that are older than tracking.wandb_keep_days go, too, and records of answers and outcomes
    that are older than serving.log_days.
    """
    from housing_assets.cli.model_versions import open_releases, settings
    from housing_assets.registry.retention import registered_objects
    from housing_assets.serving.log.files import old_records
    from housing_assets.settings.home import home
    from housing_assets.tracking.offline_runs import old_runs, remove_runs

    releases = open_releases()
    report = releases.store.collect_garbage(keep_days, registered_objects(releases), dry_run=not delete)
    for blob in report.removed:
        click.echo(blob.name)
    runs = old_runs(home(), settings().tracking.wandb_keep_days)
    for folder in runs:
        click.echo(folder.name)
    if delete:
        remove_runs(runs)
    logged = old_records(releases.store.blobs, settings().serving.log_days, dry_run=not delete)
    for name in logged:
        click.echo(name)
    verb = "removed" if delete else "would remove"
    of_runs = f", {len(runs)} folder(s) of W&B runs" if runs else ""
    hint = "" if delete else " (--delete)"
    click.echo(f"{verb} {len(report.removed)} object(s), {report.size / 1e6:.1f} MB{of_runs}{hint}")


def _store() -> Store:
    from housing_assets.profiles import choose_profile

    store: Store = choose_profile().resources()["store"].open()
    return store
