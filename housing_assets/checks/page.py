"""The check report as one HTML file with everything in it: to be mailed, archived and read without a network."""

from __future__ import annotations

import base64
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from housing_assets.checks.report import limit, not_passed, number, summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from housing_assets.checks.report import CheckRow

STYLE = """
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #1f2933; background: #fff;
       font: 15px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.when { color: #616e7c; margin: .2rem 0 1.5rem; }
.verdict { border-left: .35rem solid; border-radius: .2rem; padding: .6rem 1rem; margin: .5rem 0; }
.verdict strong { display: block; }
.passed { color: #276749; background: #f0fff4; }
.warns { color: #975a16; background: #fffaf0; }
.FAILED { color: #9b2c2c; background: #fff5f5; }
.verdict span { color: #1f2933; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; font-variant-numeric: tabular-nums; }
th { width: 6rem; }
th:first-child { width: auto; }
th { text-align: left; font-weight: 600; color: #52606d; font-size: .8rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid #e4e7eb; vertical-align: top; }
.n { text-align: right; white-space: nowrap; }
.tag { border-radius: .2rem; padding: .05rem .4rem; font-size: .8rem; font-weight: 600; }
.source { color: #616e7c; font-size: .8rem; font-weight: 400; margin-left: .6rem; }
small { color: #616e7c; display: block; }
figure { margin: 1rem 0; break-inside: avoid; }
figcaption { color: #52606d; font-size: .85rem; }
img { max-width: 100%; border: 1px solid #e4e7eb; border-radius: .2rem; }
"""


def as_page(rows: Sequence[CheckRow], plots: Mapping[str, Mapping[str, bytes]], title: str, when: str) -> str:
    """The whole HTML document; it loads nothing.

    Args:
        rows: the checks, those of one asset next to each other.
        plots: PNG images by asset and name, shown below the checks of their asset.
        title: what the report is about; the heading, and the subject when it is mailed.
        when: the moment of the report, as it is to be read.
    """
    assets = "".join(asset_section(asset, list(group), plots) for asset, group in groupby(rows, lambda row: row.asset))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head>\n<body><h1>{escape(title)}</h1>"
        f'<p class="when">{escape(summary(rows))}. {escape(when)}</p>\n{headline(rows)}\n{assets}</body></html>\n'
    )


def headline(rows: Sequence[CheckRow]) -> str:
    """What did not pass, with its message, before everything else."""
    found = "\n".join(
        f'<div class="verdict {row.outcome}"><strong>{row.outcome}: {escape(row.asset)}, {escape(row.check)}</strong>'
        f"<span>{escape(row.message)}</span></div>"
        for row in not_passed(rows)
    )
    everything = '<div class="verdict passed"><strong>Every check passed.</strong></div>' if rows else ""
    return found or everything


def asset_section(asset: str, rows: Sequence[CheckRow], plots: Mapping[str, Mapping[str, bytes]]) -> str:
    source = f"judged {rows[0].judged[:16].replace('T', ' ')}, data version {rows[0].data_version[:12]}"
    figures = "".join(figure(name, image) for name, image in plots.get(asset, {}).items())
    return (
        f'<section><h2>{escape(asset)}<span class="source">{escape(source)}</span></h2>\n'
        f'<table><tr><th>check</th><th></th><th class="n">value</th><th class="n">threshold</th>'
        f'<th class="n">baseline</th></tr>\n{"".join(map(table_row, rows))}</table>\n{figures}</section>\n'
    )


def table_row(row: CheckRow) -> str:
    numbers = (number(row.value), limit(row).replace("<=", "≤").replace(">=", "≥"), number(row.baseline))
    cells = "".join(f'<td class="n">{escape(text)}</td>' for text in numbers)
    return (
        f"<tr><td>{escape(row.check)}<small>{escape(row.message)}</small></td>"
        f'<td><span class="tag {row.outcome}">{row.outcome}</span></td>{cells}</tr>\n'
    )


def figure(name: str, image: bytes) -> str:
    source = base64.b64encode(image).decode()
    name = escape(name)
    return f'<figure><img alt="{name}" src="data:image/png;base64,{source}"><figcaption>{name}</figcaption></figure>'
