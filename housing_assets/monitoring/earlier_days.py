"""What was measured of the days before, so that something can be said to last."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from housing_assets.storage.names import partition_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.storage.entry import Entry
    from housing_assets.storage.store import Store

LOOKED_BACK = 7
"""Days: what was measured longer ago says nothing of two periods in a row."""


def days_before(day: str, count: int) -> list[str]:
    """The ``count`` days before ``day``, latest first."""
    last = date.fromisoformat(day)
    return [(last - timedelta(days=back)).isoformat() for back in range(1, count + 1)]


def earlier_entries(store: Store, asset: str, day: str) -> list[Entry]:
    """The newest record of each of the days before ``day``, latest day first; also of one that its gates refused."""
    found = (store.history(partition_name(asset, each)) for each in days_before(day, LOOKED_BACK))
    return [entries[-1] for entries in found if entries]


def identity(entries: list[Entry]) -> Mapping[str, str]:
    return {"days before": " ".join(entry.fingerprint[:16] for entry in entries)} if entries else {}


def earlier_measurements(store: Store, asset: str, day: str, name: str) -> list[Any]:
    """Measurement ``name`` of the days before that have it, latest day first."""
    measured = (entry.measurements.get(name) for entry in earlier_entries(store, asset, day))
    return [value for value in measured if value]
