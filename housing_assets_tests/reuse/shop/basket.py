"""A type that no library knows how to store."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Basket:
    """What was bought."""

    items: tuple[int, ...]

    def sizes(self) -> list[int]:
        return sorted(self.items)

    def to_bytes(self) -> bytes:
        return json.dumps(self.items).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Basket:
        return cls(tuple(json.loads(content)))
