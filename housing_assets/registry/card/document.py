"""A document as a list of blocks, written once and rendered as Markdown or as one self-contained HTML file."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

STYLE = """
body { font: 16px/1.55 system-ui, sans-serif; color: #1c2530; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.9rem; } h2 { margin-top: 2.4rem; border-bottom: 1px solid #d5dce4; padding-bottom: .3rem; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #e6ebf0; vertical-align: top; }
th { font-weight: 600; } td { overflow-wrap: break-word; }
pre { background: #f3f6f9; padding: .8rem 1rem; overflow-x: auto; border-radius: 6px; }
figure { margin: 1.5rem 0; } figure img { max-width: 100%; } figcaption { color: #5a6775; font-size: .9rem; }
"""


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Listing:
    items: Sequence[str]


@dataclass(frozen=True)
class Table:
    """The first row is the head."""

    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Code:
    text: str


@dataclass(frozen=True)
class Picture:
    """A PNG file, embedded in HTML and named in Markdown."""

    name: str
    png: bytes


Block = Heading | Paragraph | Listing | Table | Code | Picture


def markdown(blocks: Sequence[Block]) -> str:
    """GitHub-flavoured Markdown."""
    return "\n\n".join(markdown_block(block) for block in blocks) + "\n"


def markdown_block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {text}"
        case Paragraph(text):
            return text
        case Listing(items):
            return "\n".join(f"- {item}" for item in items)
        case Table(rows):
            head, *body = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
            return "\n".join([head, "|" + " --- |" * len(rows[0]), *body])
        case Code(text):
            return f"```\n{text}\n```"
        case Picture(name):
            return f"Figure: {name} (in the HTML file)"


def html(title: str, blocks: Sequence[Block]) -> str:
    """One file that needs no other: style and pictures are inside."""
    body = "\n".join(html_block(block) for block in blocks)
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def html_block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level}>{escape(text)}</h{level}>"
        case Paragraph(text):
            return f"<p>{escape(text)}</p>"
        case Listing(items):
            return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>"
        case Table(rows):
            head, *body = rows
            return f"<table><thead>{html_row(head, 'th')}</thead><tbody>{''.join(map(html_row, body))}</tbody></table>"
        case Code(text):
            return f"<pre><code>{escape(text)}</code></pre>"
        case Picture(name, png):
            image = f'<img alt="{escape(name)}" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
            return f"<figure>{image}<figcaption>{escape(name)}</figcaption></figure>"


def html_row(cells: Sequence[str], tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
