"""Asset checks: the gates of ``domain.gates.catalogue`` as Dagster shows and enforces them.

Every gate is a check of the asset's own step. It is judged after the value is stored and before the asset's pointer
moves, on reuse as well, from the recorded measurements and today's thresholds. A failed gate that blocks fails the
step, and the last accepted value stays what everybody loads. New gates go to
``domain.gates.catalogue`` and ``pipeline.yaml``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.domain.gates.catalogue import GATES, judge
from housing_assets.storage.names import split_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from housing_assets.domain.gates.verdicts import Verdict
    from housing_assets.settings import Settings
    from housing_assets.storage.entry import Entry


class HousingGates:
    """The gates of the lineage, for ``reuse``."""

    def specs(self, asset: str) -> Sequence[dg.AssetCheckSpec]:
        """One check a gate. Whether a failure blocks is the threshold's to say, so all of them may."""
        return [
            dg.AssetCheckSpec(gate.name, asset=asset, description=gate.description, blocking=True)
            for gate in GATES.get(asset, ())
        ]

    def judge(
        self, asset: str, entry: Entry, settings: Settings, resources: Mapping[str, Any]
    ) -> Sequence[dg.AssetCheckResult]:
        """A result a gate, with all that it was judged by."""
        verdicts = judged(asset, entry, settings, resources)
        return [result(verdict, entry) for verdict in verdicts]


def judged(asset: str, entry: Entry, settings: Settings, resources: Mapping[str, Any]) -> list[Verdict]:
    """The verdicts on ``entry`` as ``asset``, by today's thresholds and the file that is accepted today."""
    thresholds = settings.gates.thresholds(asset)
    return judge(asset, entry.measurements, thresholds, baseline(asset, resources))


def baseline(asset: str, resources: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The measurements of the file accepted before; None for other assets, whose measurements say it all."""
    if asset != "raw_housing":
        return None
    accepted = resources["store"].current(asset)
    return accepted.measurements if accepted else None


def result(verdict: Verdict, entry: Entry) -> dg.AssetCheckResult:
    numbers = {"value": verdict.value, "threshold": verdict.threshold, "baseline": verdict.baseline}
    return dg.AssetCheckResult(
        asset_key=dg.AssetKey.from_user_string(split_name(entry.stored.asset)[0]),
        check_name=verdict.name,
        passed=verdict.passed,
        severity=dg.AssetCheckSeverity.ERROR if verdict.blocking else dg.AssetCheckSeverity.WARN,
        description=verdict.message,
        metadata={
            **{name: float(number) for name, number in numbers.items() if number is not None},
            "direction": f"at {'most' if verdict.direction == 'maximum' else 'least'} the threshold",
            "data_version": entry.stored.data_version,
        },
    )
