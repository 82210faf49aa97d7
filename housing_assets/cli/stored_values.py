"""Stored versions of assets: list them, look at one, go back to one."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
@click.option("--open", "is_opened", is_flag=True, help="Open the plots, written to .housing/plots without --plots.")
def show(asset: str, plots: Path | None, *, is_opened: bool) -> None:
    """The current value of ASSET: what it is, its metrics, and its plots, written or opened."""
    from housing_assets.reuse.drawing import embedded_images
    from housing_assets.settings.home import home

    store = _store()
    entry = store.current(asset)
    if entry is None:
        raise click.ClickException(f"nothing is stored of {asset}: housing status lists the assets")
    click.echo(f"{asset} {entry.stored.data_version[:12]}, computed {entry.created} in {entry.seconds:.1f} s")
    click.echo(_preview(store.load(entry.stored)))
    for name, value in _numbers(entry.measurements):
        click.echo(f"{name:48} {value:>14,.6g}")
    images = embedded_images(entry.metadata)
    if plots or is_opened:
        files = _write_plots(plots or home() / "plots", asset, images)
        if is_opened:
            _open_files(files)
    else:
        hint = " (--plots FOLDER writes them, --open opens them)"
        click.echo(f"plots: {', '.join(images)}{hint}" if images else "no plots")


def _write_plots(folder: Path, asset: str, images: Mapping[str, bytes]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, image in images.items():
        files.append(folder / f"{asset}.{name}.png")
        files[-1].write_bytes(image)
        click.echo(f"wrote {files[-1]}")
    return files


def _open_files(files: list[Path]) -> None:
    """Raises click.ClickException: there is no program for images here, as on a server."""
    is_told = sys.platform == "linux"  # whether a viewer was found; elsewhere it would be waited for until it is closed
    if any(click.launch(str(file), wait=is_told) for file in files):
        raise click.ClickException("nothing on this machine opens images; the plots are in the files named above")


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


def _store() -> Store:
    from housing_assets.profiles import choose_profile

    store: Store = choose_profile().resources()["store"].open()
    return store
