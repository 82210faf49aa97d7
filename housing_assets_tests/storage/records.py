"""Entries for tests, with everything that does not matter filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.storage.entry import Entry

if TYPE_CHECKING:
    from housing_assets.storage.store import Store


def computed(store: Store, asset: str, fingerprint: str, value: Any, day: int = 1) -> Entry:
    """Store ``value`` as what the computation ``fingerprint`` gave on a day of January, and record it."""
    entry = Entry(
        store.put(asset, value),
        fingerprint=fingerprint,
        parts={},
        run_id=f"run-{day}",
        created=f"2026-01-{day:02}T00:00:00+00:00",
        seconds=1.0,
    )
    store.record(entry)
    return entry
