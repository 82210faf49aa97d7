"""What a document is made of. All text is plain: each rendering escapes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Tone = Literal["good", "warning", "bad"]


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Notice:
    """A sentence to be seen first."""

    title: str
    text: str
    tone: Tone


@dataclass(frozen=True)
class Listing:
    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """The first row is the head. Cells of the columns ``numbers``, by position, are aligned to the right."""

    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Code:
    text: str


@dataclass(frozen=True)
class Picture:
    """A PNG file, embedded in HTML and named in Markdown."""

    name: str
    png: bytes


Block = Heading | Paragraph | Notice | Listing | Table | Code | Picture
