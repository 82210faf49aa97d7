"""Whatever is edited, run in part, deleted and restored: what is fresh equals what a computation of everything gives.

The model is ``Toy.expected``, a formula that knows no store. Before each run the prediction is asked, and held to
which bodies then ran.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path

import dagster as dg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from housing_assets.reuse.prediction import COMPUTED, State
from housing_assets_tests.reuse.test_execution import remove, spoil
from housing_assets_tests.reuse.toy import ASSETS, Toy

STEP_OF = {asset: "low+high" if asset in {"low", "high"} else asset for asset in ASSETS}


class History(RuleBasedStateMachine):
    """Random edits, damages and runs of the toy lineage."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.toy = Toy(Path(self.directory.name))
        self.complete = False

    def teardown(self) -> None:
        self.toy.instance.dispose()
        self.directory.cleanup()

    @rule(factor=st.integers(1, 3))
    def edit_code(self, factor: int) -> None:
        self.toy.factor = factor

    @rule(limit=st.sampled_from([3, 5, 100]))
    def edit_setting(self, limit: int) -> None:
        self.toy.limit = limit

    @rule(numbers=st.sampled_from([(1, 2, 3), (1, 2, 4), (7,)]))
    def edit_file(self, numbers: tuple[int, ...]) -> None:
        self.toy.numbers = numbers

    @rule(place=st.sampled_from(["objects", "actions", "current"]), asset=st.sampled_from(ASSETS), harm=st.booleans())
    def damage(self, place: str, asset: str, *, harm: bool) -> None:
        folder = self.toy.folder / "store" / place
        (spoil if harm else remove)(folder / asset if place != "current" else folder)

    @precondition(lambda self: self.complete)
    @rule(asset=st.sampled_from(ASSETS), data=st.data())
    def restore(self, asset: str, data: st.DataObject) -> None:
        store = self.toy.store.open()
        versions = [entry.stored for entry in store.history(asset) if store.intact(entry.stored)]
        if versions:
            store.restore(asset, data.draw(st.sampled_from(versions)).data_version)

    @rule()
    def run_everything(self) -> None:
        predicted = self.toy.predicted()
        bodies = set(self.toy.run())
        certain = {STEP_OF[name] for name, found in predicted.items() if found.state in COMPUTED}
        possible = certain | {STEP_OF[name] for name, found in predicted.items() if found.state == State.WAITS}
        assert certain <= bodies <= possible
        assert self.toy.loaded() == self.toy.expected()
        assert {found.state for found in self.toy.predicted().values()} == {State.FRESH}
        self.complete = True

    @rule(selection=st.sampled_from([("numbers",), ("scaled",), ("low", "high"), ("total",), ("scaled", "total")]))
    def run_a_part(self, selection: tuple[str, ...]) -> None:
        """It may be refused, because its inputs are missing or do not belong together; what is fresh is right."""
        with suppress(dg.Failure):
            self.toy.run(*selection)
        fresh = [name for name, found in self.toy.predicted().items() if found.state == State.FRESH]
        definitions, expected = self.toy.definitions(), self.toy.expected()
        for name in fresh:
            assert definitions.load_asset_value(name, instance=self.toy.instance) == expected[name]

    @precondition(lambda self: self.complete)
    @rule()
    def run_again(self) -> None:
        self.run_everything()
        assert self.toy.run() == []


TestHistory = History.TestCase
TestHistory.settings = settings(
    max_examples=8, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
)
