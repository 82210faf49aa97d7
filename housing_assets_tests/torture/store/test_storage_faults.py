from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

from housing_assets_tests.fault_proxy import Fault
from housing_assets_tests.gcs_emulator import bucket, gcs_client, gcs_emulator, gcs_proxy
from housing_assets_tests.torture.store.storage_faults import MANY, Program

if TYPE_CHECKING:
    from housing_assets.storage.store import Store
    from housing_assets_tests.fault_proxy import FaultProxy

__all__ = ["bucket", "gcs_client", "gcs_emulator", "gcs_proxy"]

STEPS = 8


class Careless(Program):
    """Tells of no failure, though every write fails."""

    def inject(self) -> None:
        self.proxy.faults[:] = [Fault("refuse", "POST", times=MANY)]

    def move(self, store: Store, value: str) -> None:
        with suppress(Exception):
            super().move(store, value)

    def promote(self, store: Store, who: str) -> None:
        with suppress(Exception):
            super().promote(store, who)


def test_an_operation_is_done_or_said_to_have_failed(gcs_emulator: FaultProxy, bucket: str) -> None:
    gcs_emulator.remembers = True
    program = Program(gcs_emulator, Random(3), bucket, "store")
    for number in range(STEPS):
        program.step(number)
    outcome = program.outcome
    assert (outcome.faults > 2, outcome.lost, outcome.wrong) == (True, [], [])


def test_a_failure_that_is_not_told_is_found(gcs_emulator: FaultProxy, bucket: str) -> None:
    program = Careless(gcs_emulator, Random(3), bucket, "store")
    program.step(0)
    assert program.outcome.lost
