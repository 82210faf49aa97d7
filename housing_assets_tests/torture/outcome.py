"""What a family of faults came to, and the table of all families."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HEADER = ("family", "faults injected", "survived", "data lost", "wrong results", "seconds")


@dataclass
class Outcome:
    """Counts of one family.

    Attributes:
        lost, wrong: a sentence for each fault that was not survived.
        left_out: a sentence for what could not be tried on this machine.
    """

    faults: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def survived(self) -> int:
        return self.faults - len(self.lost) - len(self.wrong)

    @property
    def is_clean(self) -> bool:
        return self.faults > 0 and not self.lost and not self.wrong

    def add(self, other: Outcome) -> None:
        self.faults += other.faults
        self.lost += other.lost
        self.wrong += other.wrong
        self.left_out += other.left_out


def measure(family: Callable[[], Outcome]) -> Outcome:
    started = time.perf_counter()
    outcome = family()
    outcome.seconds = time.perf_counter() - started
    return outcome


def render_table(outcomes: Mapping[str, Outcome]) -> str:
    """A Markdown table, a row a family."""
    rows = [
        (
            "; left out: ".join([name, *outcome.left_out]),
            f"{outcome.faults:,}",
            f"{outcome.survived:,}",
            str(len(outcome.lost)),
            str(len(outcome.wrong)),
            f"{outcome.seconds:.0f}",
        )
        for name, outcome in outcomes.items()
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in (HEADER, ("---",) * len(HEADER), *rows))
