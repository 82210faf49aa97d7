"""How the store names assets and their partitions, each of which is stored like an asset of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from housing_assets.storage.log import names_in

if TYPE_CHECKING:
    from housing_assets.storage.backends.blobs import Blobs

PARTITION = "/partition="
"""``=`` keeps partitions apart from asset keys, which cannot contain it."""


def partition_name(asset: str, partition: str) -> str:
    """A partition as the store names it.

    >>> partition_name("prices", "2026/07")
    'prices/partition=2026%2F07'
    """
    return f"{asset}{PARTITION}{quote(partition, safe='')}"


def split_name(name: str) -> tuple[str, str | None]:
    """The asset and the partition of a name of the store; None for an asset without partitions.

    >>> split_name("prices/partition=2026%2F07")
    ('prices', '2026/07')
    """
    asset, found, rest = name.partition(PARTITION)
    return asset, unquote(rest.partition("/")[0]) if found else None


def pointer_name(name: str) -> str:
    """The blob that says what an asset, or a partition, is now."""
    return f"current/{name}.json"


def partitions_in(blobs: Blobs, asset: str) -> list[str]:
    """The partitions of ``asset`` that have a current value, in the order of their names."""
    pointers = (f"{asset}/{name.removesuffix('.json')}" for name in names_in(blobs, f"current/{asset}"))
    return sorted(partition for name in pointers if (partition := split_name(name)[1]) is not None)
