"""What a run will do, in one sentence and a table, before it starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from housing_assets.reuse.prediction import COMPUTED, State, predictions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from housing_assets.reuse.prediction import Prediction

MARKS = {
    State.FRESH: "reused",
    State.RETURNS: "reused",
    State.STALE: "computed",
    State.MISSING: "computed",
    State.WAITS: "perhaps",
}


@dataclass(frozen=True)
class Plan:
    """The predictions for the selected assets, and the seconds that the last computation of each took."""

    predictions: tuple[Prediction, ...]
    seconds: Mapping[str, float]
    forced: bool = False

    @property
    def computed(self) -> list[Prediction]:
        return [each for each in self.predictions if self.forced or each.state in COMPUTED]

    @property
    def waiting(self) -> list[Prediction]:
        return [each for each in self.predictions if not self.forced and each.state is State.WAITS]

    def sentence(self) -> str:
        """``3 of 15 assets will be computed, up to 4 more if these change, about 70 s, because sweep.count …``."""
        total = len(self.predictions)
        if not self.computed and not self.waiting:
            return f"Nothing will be computed: all {total} assets are reused."
        waiting = f", and up to {len(self.waiting)} more that depend on others" if self.waiting else ""
        return f"{len(self.computed)} of {total} assets will be computed{waiting}{self.duration()}{self.cause()}."

    def duration(self) -> str:
        """From recorded times; nothing for a first run, which has none."""
        assets = [each.asset for each in (*self.computed, *self.waiting)]
        known = [asset for asset in assets if asset in self.seconds]
        if not known:
            return ""
        least = "at least" if len(known) < len(assets) else "about"
        return f", {least} {sum(self.seconds[asset] for asset in known):.0f} s"

    def cause(self) -> str:
        if self.forced:
            return ", because of --force"
        reasons = [reason for each in self.computed for reason in each.reasons]
        return f", because {reasons[0]}" if reasons else ""

    def lines(self) -> list[str]:
        """A line an asset: what happens to it, what it took the last time, why."""
        width = max(len(each.asset) for each in self.predictions)
        return [
            f"{each.asset:{width}}  {self.mark(each):8}  {self.last(each.asset):>9}  {'; '.join(each.reasons)}".rstrip()
            for each in self.predictions
        ]

    def mark(self, prediction: Prediction) -> str:
        return "computed" if self.forced else MARKS[prediction.state]

    def last(self, asset: str) -> str:
        return f"{self.seconds[asset]:.1f} s" if asset in self.seconds else ""


def make_plan(resources: Mapping[str, Any], settings: Any, selected: Collection[str], *, forced: bool) -> Plan:
    """The plan of a run of ``selected`` assets under ``settings``.

    Raises:
        ExpectedError: the settings, the raw file or the store cannot be read.
    """
    from housing_assets.assets import STEPS

    store = resources["store"].open()
    steps = predictions(STEPS, store, settings, {**resources, "store": store}, selected)
    entries = {each.asset: store.current(each.asset) for each in steps}
    seconds = {asset: entry.seconds for asset, entry in entries.items() if entry}
    return Plan(tuple(each for each in steps if each.asset in selected), seconds, forced)
