"""Two versions or runs side by side."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from housing_assets.registry.production.releases import Releases
    from housing_assets.storage.entry import Entry

LONGEST_VERSION = 6
"""Digits: a longer reference is the beginning of a run's id."""


class UnknownReferenceError(ExpectedError, LookupError):
    """Neither a version, an alias nor a run with an evaluation."""


@click.command()
@click.argument("one")
@click.argument("other")
def compare(one: str, other: str) -> None:
    """Metrics with their intervals, settings, data and code of ONE and OTHER: versions, aliases, or ids of runs."""
    from housing_assets.cli.model_versions import open_releases
    from housing_assets.storage.ancestry import ancestry

    releases = open_releases()
    entries = [find_evaluation(releases, reference) for reference in (one, other)]
    click.echo(f"{'metric':16} {one:>32} {other:>32}")
    for line in metric_lines(*entries):
        click.echo(line)
    if entries[0].parts["inputs"]["test_set"] != entries[1].parts["inputs"]["test_set"]:
        click.echo("The test rows are not the same: the metrics cannot be compared.")
    changes = list(difference_lines(*(ancestry(releases.store, entry) for entry in entries)))
    click.echo("\n".join(["", *changes] if changes else ["", "Settings, data, code and libraries are the same."]))


def find_evaluation(releases: Releases, reference: str) -> Entry:
    """The newest evaluation of a version or alias, or that of the run whose id begins like ``reference``.

    Raises:
        UnknownReferenceError: there is no evaluation by that run.
        UnknownVersionError: there is no version or alias of that name.
    """
    history = releases.store.history("model_evaluation")[::-1]
    if (reference.isdigit() and len(reference) <= LONGEST_VERSION) or reference in releases.registry.aliases():
        digest = releases.registry.version(reference).digest
        matching = [entry for entry in history if entry.parts["inputs"]["trained_model"] == digest]
    else:
        matching = [entry for entry in history if entry.run_id.startswith(reference)]
    if not matching:
        known = ", ".join(dict.fromkeys(entry.run_id[:8] for entry in history)) or "none"
        raise UnknownReferenceError(f"there is no evaluation of {reference}. Runs that evaluated a model: {known}")
    return matching[0]


def metric_lines(one: Entry, other: Entry) -> Iterator[str]:
    for name in one.measurements["overall"]:
        yield f"{name:16} {format_metric(one, name):>32} {format_metric(other, name):>32}"


def format_metric(entry: Entry, name: str) -> str:
    """``10.98 (10.56 to 11.42)``, without the interval where none was recorded."""
    value = entry.measurements["overall"].get(name)
    interval = entry.measurements.get("sampling_interval", {}).get("overall", {}).get(name)
    if value is None:
        return "not measured"
    return f"{value:,.5g}" + (f" ({interval['low']:,.5g} to {interval['high']:,.5g})" if interval else "")


def difference_lines(one: Mapping[str, Entry], other: Mapping[str, Entry]) -> Iterator[str]:
    """What differs in what two evaluations were made of: settings, raw file, code, libraries."""
    from housing_assets.cli.effective_settings import flatten

    for part, label in (("settings", "setting"), ("origin", "data"), ("sources", "code"), ("libraries", "library")):
        values: list[dict[str, Any]] = [{}, {}]
        for side, entries in zip(values, (one, other), strict=True):
            for entry in entries.values():
                prefix = f"{entry.stored.asset} " if part == "sources" else ""
                side |= {f"{prefix}{path}": value for path, value in flatten(entry.parts.get(part, {}))}
        for path in sorted({*values[0], *values[1]}):
            before, after = (json.dumps(side.get(path), ensure_ascii=False) for side in values)
            if before != after:
                yield f"{label:8} {path}: {before} → {after}"
