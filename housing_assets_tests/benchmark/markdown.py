"""Tables in Markdown, and numbers as they stand in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ABSENT = "-"


def section(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"## {title}", "", *(f"| {' | '.join(map(str, row))} |" for row in [header, ["---"] * len(header), *rows])]
    return "\n".join([*lines, ""])


def verdict(value: float, reach: float, stretch: float, *, higher: bool) -> str:
    better = (lambda limit: value >= limit) if higher else (lambda limit: value <= limit)
    return "stretch reached" if better(stretch) else "reached" if better(reach) else "**not reached**"


def failed(text: str) -> str:
    return f"\nFailed: {text}\n" if text else ""


def numbers(result: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {short(value)}" for name, value in result.items())


def short(value: Any) -> str:
    """Four digits, or whole dollars."""
    if value is None:
        return ABSENT
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
