"""What the next run would compute, and what changed since the last one."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import UTC, datetime, timedelta

import click

MOST_NAMED = 3
"""Assets that a line of ``housing diff`` names; of more it gives the number."""


@click.command()
@click.argument("assets", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def status(assets: tuple[str, ...], *, as_json: bool) -> None:
    """Say for each asset whether the next run computes it, and why."""
    from housing_assets.assets import STEPS
    from housing_assets.profiles import choose_profile
    from housing_assets.reuse.prediction import predictions

    resources = choose_profile().resources()
    store = resources["store"].open()
    found = predictions(STEPS, store, resources["settings"].load(), {**resources, "store": store})
    if unknown := set(assets) - {prediction.asset for prediction in found}:
        raise click.ClickException(f"there is no asset {', '.join(sorted(unknown))}; `dagster asset list` has them all")
    shown = [prediction for prediction in found if not assets or prediction.asset in assets]
    if as_json:
        click.echo(json.dumps([prediction.as_json() for prediction in shown], indent=2))
        return
    width = max((len(prediction.asset) for prediction in shown), default=0)
    now = datetime.now(UTC)
    for prediction in shown:
        age = describe_age(now - datetime.fromisoformat(prediction.created)) if prediction.created else ""
        line = f"{prediction.asset:{width}}  {prediction.state:8} {age:>9}  {'; '.join(prediction.reasons)}".rstrip()
        click.echo(line if assets else fit_line(line))


@click.command()
def diff() -> None:
    """What changed since the last run: settings, code, libraries, the raw file; and which assets that concerns."""
    from housing_assets.assets import STEPS
    from housing_assets.profiles import choose_profile
    from housing_assets.reuse.prediction import predictions

    resources = choose_profile().resources()
    store = resources["store"].open()
    concerned: dict[str, list[str]] = {}
    for each in predictions(STEPS, store, resources["settings"].load(), {**resources, "store": store}):
        for reason in each.reasons:
            if not reason.startswith("upstream "):
                concerned.setdefault(reason, []).append(each.asset)
    for reason, assets in concerned.items():
        shown = ", ".join(assets) if len(assets) <= MOST_NAMED else f"{len(assets)} assets"
        click.echo(f"{reason}: {shown}")
    if not concerned:
        click.echo("Nothing changed since the last run.")


def describe_age(age: timedelta) -> str:
    """The largest unit alone: ``3 days``."""
    for name, seconds in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if count := int(age.total_seconds() // seconds):
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "now"


def fit_line(line: str) -> str:
    """A line of the terminal's width where there is a terminal; `housing status ASSET` has all of it."""
    width = shutil.get_terminal_size().columns
    return f"{line[: width - 1]}…" if sys.stdout.isatty() and len(line) > width else line
