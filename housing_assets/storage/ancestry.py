"""From a value back to everything that it was made of, and whether several values were made of the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from housing_assets.storage.objects import MissingObjectError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.storage.entry import Entry
    from housing_assets.storage.store import Store


class Conflict(NamedTuple):
    """``asset`` was made of version ``used`` of ``ancestor``, which for ``other`` is ``version``."""

    asset: str
    ancestor: str
    used: str
    version: str
    other: str

    def __str__(self) -> str:
        belongs = "it is now" if self.other == self.ancestor else f"{self.other} was made of"
        return f"{self.asset} was made of {self.ancestor} {self.used[:12]}, {belongs} {self.version[:12]}"


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
        pending += [(name, store.made(name, version)) for name, version in _inputs(current).items()]
    return found


def conflicts(store: Store, pinned: Mapping[str, Entry]) -> list[Conflict]:
    """Which of the ``pinned`` entries, by asset, were not made of each other or of the same ancestors; [] if all were.

    A value may have been made from several versions of an ancestor, because some differences make none in it. What
    counts is how it was made last: a record that is current goes before older ones of the same value.
    """
    versions = {asset: (entry.stored.data_version, asset) for asset, entry in pinned.items()}
    pending = list(pinned.values())
    found: list[Conflict] = []
    while pending:
        entry = pending.pop()
        for ancestor, used in _inputs(entry).items():
            if ancestor not in versions:
                versions[ancestor] = (used, entry.stored.asset)
                pending += _latest(store, ancestor, used)
            elif versions[ancestor][0] != used:
                found.append(Conflict(entry.stored.asset, ancestor, used, *versions[ancestor]))
    return sorted(found)


def _inputs(entry: Entry) -> dict[str, str]:
    """Data version by asset; nothing for a value that was stored without a fingerprint."""
    inputs: dict[str, str] = entry.parts.get("inputs", {})
    return inputs


def _latest(store: Store, asset: str, data_version: str) -> list[Entry]:
    """The record that says last how that version was made; none if it is lost, which is no conflict."""
    current = store.current(asset)
    if current and current.stored.data_version == data_version:
        return [current]
    try:
        return [store.made(asset, data_version)]
    except MissingObjectError:
        return []
