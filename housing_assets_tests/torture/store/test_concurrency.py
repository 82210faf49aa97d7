from __future__ import annotations

from typing import Any

import pytest

from housing_assets_tests.torture.outcome import Outcome
from housing_assets_tests.torture.store.concurrency import interleavings, play

ORDERS = 60


class Wrapped:
    def __init__(self, blobs: Any) -> None:
        self.blobs = blobs

    def __getattr__(self, name: str) -> Any:
        return getattr(self.blobs, name)


class WithoutComparison(Wrapped):
    """A replacement does not look what it replaces."""

    def replace(self, name: str, content: bytes, _: str) -> None:
        self.blobs.replace(name, content, self.blobs.read_versioned(name).token)


class WithoutExclusion(Wrapped):
    """A ledger entry is written over another one."""

    def create(self, name: str, content: bytes) -> bool:
        if name.startswith("ledger/"):
            self.blobs.delete(name)
        return bool(self.blobs.create(name, content))


class WithoutClaims(Wrapped):
    """Nobody sees what others are about to rely on, or to remove."""

    def list_blobs(self, folder: str) -> Any:
        return iter(()) if folder.startswith(("claims", "notices")) else self.blobs.list_blobs(folder)


def test_every_order_has_an_explanation() -> None:
    outcome = interleavings(ORDERS)
    assert (outcome.lost, outcome.wrong) == ([], [])


def test_an_order_is_repeated_by_its_seed() -> None:
    assert play(0, WithoutComparison).wrong == play(0, WithoutComparison).wrong != []


@pytest.mark.parametrize("wrapper", [WithoutComparison, WithoutExclusion, WithoutClaims])
def test_a_missing_protection_is_found(wrapper: type[Wrapped]) -> None:
    outcome = Outcome()
    for seed in range(ORDERS):
        outcome.add(play(seed, wrapper))
    assert outcome.lost + outcome.wrong
