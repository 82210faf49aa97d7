"""The check report as Markdown for a pull request, or as one HTML file with everything in it, to be mailed and kept."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from housing_assets.checks.report import HEADER, cells_of, failing_rows, limit, number, summary
from housing_assets.documents.blocks import Block, Heading, Notice, Paragraph, Picture, Table
from housing_assets.documents.rendering import render_html, render_markdown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from housing_assets.checks.report import CheckRow, Outcome
    from housing_assets.documents.blocks import Tone

TONES: dict[Outcome, Tone] = {"passed": "good", "warns": "warning", "FAILED": "bad"}
COLUMNS = ("check", "outcome", "value", "threshold", "baseline", "message")


def as_page(rows: Sequence[CheckRow], plots: Mapping[str, Mapping[str, bytes]], title: str, when: str) -> str:
    """The whole HTML document; it loads nothing.

    Args:
        rows: the checks, those of one asset next to each other.
        plots: PNG images by asset and name, shown below the checks of their asset.
        title: what the report is about; the heading, and the subject when it is mailed.
        when: the moment of the report, as it is to be read.
    """
    sections = [
        block for asset, group in groupby(rows, lambda row: row.asset) for block in section(asset, list(group), plots)
    ]
    passed = Notice("Every check passed.", "", "good")
    notices = [notice(row) for row in failing_rows(rows)] or ([passed] if rows else [])
    return render_html(title, [Heading(title, 1), Paragraph(f"{summary(rows)}. {when}"), *notices, *sections])


def as_markdown(rows: Sequence[CheckRow]) -> str:
    """The summary, what did not pass with its message, and the whole table."""
    first = Notice(summary(rows), "", "good")
    table = Table([HEADER, *map(cells_of, rows)])
    return render_markdown([first, *map(notice, failing_rows(rows)), table] if rows else [first])


def notice(row: CheckRow) -> Notice:
    return Notice(f"{row.outcome}: {row.asset}, {row.check}", row.message, TONES[row.outcome])


def section(asset: str, rows: Sequence[CheckRow], plots: Mapping[str, Mapping[str, bytes]]) -> list[Block]:
    """The checks of one asset, and its plots."""
    judged = f"judged {rows[0].judged[:16].replace('T', ' ')}, data version {rows[0].data_version[:12]}"
    pictures = [Picture(name, image) for name, image in plots.get(asset, {}).items()]
    return [
        Heading(asset),
        Paragraph(judged),
        Table([COLUMNS, *map(table_row, rows)], numbers=frozenset({2, 3, 4})),
        *pictures,
    ]


def table_row(row: CheckRow) -> tuple[str, ...]:
    threshold = limit(row).replace("<=", "≤").replace(">=", "≥")
    return (row.check, row.outcome, number(row.value), threshold, number(row.baseline), row.message)
