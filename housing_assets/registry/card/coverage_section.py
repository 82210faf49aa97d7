"""What a model card tells of the intervals: how often they hold the price, and of which rows least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.documents.blocks import Paragraph, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.documents.blocks import Block

SHOWN_SLICES = 5
FEWEST_ROWS = 100
"""A slice of fewer test rows says little of itself."""


def coverage(evaluation: Mapping[str, Any]) -> list[Block]:
    """Of what ``evaluate`` gave; earlier versions know less of it, or nothing."""
    covered = evaluation.get("coverage")
    if not covered:
        return []
    width = f"its median width is {covered['median_relative_width'] * 100:.0f} % of the price"
    if "mean_width" in covered:
        width += (
            f", its mean width ${covered['mean_width']:,.0f}, its mean interval score (Gneiting and Raftery 2007) "
            f"${covered['interval_score']:,.0f}"
        )
    text = (
        f"Each price comes with an interval that aims to hold the true one in {covered['aim'] * 100:g} % of cases. "
        f"On the test rows it did in {covered['overall'] * 100:.1f} %; {width}."
    )
    return [Paragraph(text), *worst_slices(evaluation.get("slices", {})), *warnings(evaluation.get("support") or {})]


def worst_slices(slices: Mapping[str, Mapping[str, float]]) -> list[Block]:
    """Those that are covered least, with the shares that samples of so many rows have if the aim is kept."""
    large = sorted((each["share"], name) for name, each in slices.items() if each["rows"] >= FEWEST_ROWS)
    rows = [
        (name, f"{slices[name]['rows']:,}", f"{100 * share:.1f} %", limits(slices[name]))
        for share, name in large[:SHOWN_SLICES]
    ]
    text = f"Intervals hold least often in these slices of {FEWEST_ROWS} test rows or more:"
    head = ("slice", "rows", "prices inside", "of samples, if the aim is kept")
    return [Paragraph(text), Table([head, *rows])] if rows else []


def limits(of_slice: Mapping[str, float]) -> str:
    return f"{100 * of_slice['low']:.1f} to {100 * of_slice['high']:.1f} %"


def warnings(support: Mapping[str, Any]) -> list[Block]:
    """How much worse rows are priced that come with a flag."""
    ratio = (support.get("ratio") or {}).get("relative")
    if ratio is None:
        return []
    text = (
        f"The {support['flagged']['rows']:,} test rows with a flag err {ratio:.1f} times as much as others, by price."
    )
    return [Paragraph(text)]
