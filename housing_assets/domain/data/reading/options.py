"""How a raw file is to be read, and where the reader says how it understood the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from housing_assets.domain.data.findings import FILE, Finding, RawDataError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MEGABYTE = 1_000_000
MISSING = ("", "?", "-", ".", "NA", "N/A", "#N/A", "NaN", "NULL", "None", "<NA>")
"""The marks for missing where no settings are at hand; ``raw.missing`` of the settings wins."""


def silent(_note: str) -> None:
    """The ``note`` of a caller that wants none."""


@dataclass(frozen=True)
class Reading:
    """``maximum_bytes`` of whatever is unpacked; ``columns``: our name by the file's; ``missing``: marks for no value.

    ``note`` is told every interpretation, one sentence each.
    """

    maximum_bytes: int = 500 * MEGABYTE
    columns: Mapping[str, str] = field(default_factory=dict)
    missing: Sequence[str] = MISSING
    note: Callable[[str], None] = silent

    def check_size(self, size: int) -> None:
        """Raises ``RawDataError`` for more than ``maximum_bytes``."""
        if size > self.maximum_bytes:
            limit = f"more than raw.maximum_megabytes = {self.maximum_bytes / MEGABYTE:g} when unpacked"
            raise fault("too large", limit)


def fault(rule: str, detail: str = "") -> RawDataError:
    """A fault of the whole file."""
    return RawDataError([Finding(FILE, rule, detail=detail)])
