"""What makes a raw file unusable: one fault, and the error that lists them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = "(file)"
"""Stands for the column in a finding that concerns the whole file."""

EXAMPLES = 5
REMEDY = (
    "Rows count from 0, the first one after the header. Mend the file, or name another one in HOUSING_RAW_URI or in "
    "raw.uri of pipeline.yaml. Whatever was accepted before is untouched."
)


@dataclass(frozen=True)
class Finding:
    """One fault: the column, the rule that it breaks, in how many rows, and the numbers of the first of them."""

    column: str
    rule: str
    rows: int = 0
    examples: tuple[int, ...] = ()
    detail: str = ""

    def __str__(self) -> str:
        text = f"{self.column}: {self.rule}"
        if self.detail:
            text += f" ({self.detail})"
        if not self.rows:
            return text
        more = ", ..." if self.rows > len(self.examples) else ""
        return f"{text}: {self.rows} row(s): {', '.join(map(str, self.examples))}{more}"


class RawDataError(ExpectedError, ValueError):
    """The raw file cannot be used. ``findings`` says why, completely."""

    def __init__(self, findings: Sequence[Finding], name: str = "the raw file") -> None:
        self.findings = tuple(findings)
        lines = "\n".join(f"  {finding}" for finding in self.findings)
        super().__init__(f"{name} has {len(self.findings)} fault(s):\n{lines}\n{REMEDY}")
