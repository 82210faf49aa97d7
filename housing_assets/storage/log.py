"""The order in which computations were recorded, whatever the clocks of the machines say.

::

    log/<asset>/<sequence>.<data version>.<fingerprint>    empty: a listing of names tells all of it

A sequence is one more than the highest that its writer saw, so what was recorded after something else comes after it.
Two writers at the same moment may take the same number; neither was first. Records of stores that had no log come
before all others, by the time that they carry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from housing_assets.storage.backends.blobs import Blobs


class Line(NamedTuple):
    """One recorded computation of an asset."""

    sequence: int
    data_version: str
    fingerprint: str


def read_log(blobs: Blobs, asset: str) -> list[Line]:
    """The recorded computations of ``asset``, oldest first; one that was recorded again stands there again."""
    return sorted(_line(name) for name in names_in(blobs, f"log/{asset}"))


def append(blobs: Blobs, asset: str, lines: Iterable[Line]) -> None:
    for line in lines:
        blobs.create(f"log/{asset}/{line.sequence:010d}.{line.data_version}.{line.fingerprint}", b"")


def names_in(blobs: Blobs, folder: str) -> Iterator[str]:
    """Names of the blobs directly in ``folder``; deeper ones are of assets whose key begins like this one."""
    for blob in blobs.list_blobs(folder):
        parent, _, name = blob.name.rpartition("/")
        if parent == folder:
            yield name


def _line(name: str) -> Line:
    sequence, data_version, fingerprint = name.split(".", 2)
    return Line(int(sequence), data_version, fingerprint)
