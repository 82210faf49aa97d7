"""From a value back to everything that it was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.storage.objects import MissingObjectError

if TYPE_CHECKING:
    from housing_assets.storage.entry import Entry
    from housing_assets.storage.store import Store


def ancestry(store: Store, entry: Entry) -> dict[str, Entry]:
    """The entry of each asset that ``entry`` was made of, directly or not, by asset; its own included.

    Raises:
        MissingObjectError: the record of one of them is gone, naming the asset and the data version.
    """
    found: dict[str, Entry] = {}
    pending = [(entry.stored.asset, entry)]
    while pending:
        asset, current = pending.pop()
        if asset in found:
            continue
        found[asset] = current
        pending += [(name, made(store, name, version)) for name, version in current.parts.get("inputs", {}).items()]
    return found


def made(store: Store, asset: str, data_version: str) -> Entry:
    """The newest record of a computation of ``asset`` that gave ``data_version``."""
    for entry in reversed(store.history(asset)):
        if entry.stored.data_version == data_version:
            return entry
    raise MissingObjectError(f"there is no record of {asset} {data_version[:12]}; compute it again with --force")
