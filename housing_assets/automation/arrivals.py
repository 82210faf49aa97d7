"""Which files in the inbox are complete, and in which order they are worked off.

A file counts once it stood still from one look to the next. The first look gives it an arrival time, which is part of
the name that it is taken under and of the key of its run: the same file dropped a second time is another arrival, and
a tick that is repeated after a crash is the same one. All that is remembered from look to look is what still waits.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from housing_assets.raw.inbox import WaitingFile

TIME = "%Y%m%dT%H%M%S.%fZ"
LONGEST_NAME = 200
"""Bytes of a name, so that the time before it and ``.findings.json`` after it fit into the 255 of file systems."""

LONGEST_MEMORY = 200
"""Files that are remembered at once. The others wait in the inbox until it is their turn to be seen."""


@dataclass(frozen=True)
class Arrival:
    """A version of a file that was seen at ``arrived`` (UTC) for the first time; ``modified`` as in ``Waiting``."""

    name: str
    version: str
    modified: float
    sender: str
    arrived: str

    @property
    def place(self) -> str:
        """The name that the file is taken under, unlike that of any other arrival."""
        return f"{self.arrived}-{self.shown}"

    @property
    def shown(self) -> str:
        """The name in messages, tags and places: that of the file where it is one that can be used everywhere."""
        return portable(self.name)


@dataclass(frozen=True)
class Look:
    """What one look at the inbox knows, each part in the order of the queue.

    Attributes:
        settled: files that may be taken now.
        moving: files that were seen for the first time, or changed since the last look.
    """

    settled: tuple[Arrival, ...] = ()
    moving: tuple[Arrival, ...] = ()

    def without(self, done: Iterable[Arrival]) -> Look:
        """What is to be remembered when ``done`` needs nothing more."""
        gone = frozenset(done)
        return Look(tuple(arrival for arrival in self.settled if arrival not in gone), self.moving)

    def to_json(self) -> str:
        return json.dumps([asdict(arrival) for arrival in (*self.settled, *self.moving)])


def look(
    before: str | None,
    waiting: Iterable[WaitingFile],
    holds: Callable[[str], bool],
    now: datetime,
    quiet_seconds: float = 0,
) -> Look:
    """What is known now, from what was known (``Look.to_json``, or None at first) and what waits.

    ``holds`` says whether a file was taken under that place: one that is remembered, and that does not wait any more,
    was taken by a tick that died before it could say so, and still has its turn. A file that was first seen less than
    ``quiet_seconds`` ago still moves.
    """
    known = [Arrival(**fields) for fields in json.loads(before)] if before else []
    versions = {(arrival.name, arrival.version): arrival for arrival in known}
    time = now.astimezone(UTC).strftime(TIME)
    quiet_since = (now.astimezone(UTC) - timedelta(seconds=quiet_seconds)).strftime(TIME)
    oldest = sorted(waiting, key=lambda file: (file.modified, file.name))[:LONGEST_MEMORY]
    present = {(file.name, file.version): file for file in oldest}
    interrupted = [known for version, known in versions.items() if version not in present and holds(known.place)]
    still = [arrival for version, arrival in versions.items() if version in present]
    settled = [arrival for arrival in still if arrival.arrived <= quiet_since]
    moving = [arrival for arrival in still if arrival.arrived > quiet_since] + [
        Arrival(file.name, file.version, file.modified, file.sender, time)
        for version, file in present.items()
        if version not in versions
    ]
    return Look(in_order([*interrupted, *settled]), in_order(moving))


def portable(name: str) -> str:
    """``name`` if it is UTF-8, printable and short enough to be taken and reported under; else one made of it."""
    text = os.fsencode(name).decode("utf-8", "replace")
    clean = "".join(letter if letter.isprintable() else "_" for letter in text)
    if clean == name and len(os.fsencode(name)) <= LONGEST_NAME:
        return name
    path = PurePath(clean)
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:8]
    short = path.stem.encode()[: LONGEST_NAME // 2].decode("utf-8", "ignore")
    return f"{short}-{digest}{path.suffix.encode()[:20].decode('utf-8', 'ignore')}"


def in_order(arrivals: Iterable[Arrival]) -> tuple[Arrival, ...]:
    return tuple(sorted(arrivals, key=lambda arrival: (arrival.arrived, arrival.modified, arrival.name)))
