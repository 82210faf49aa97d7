"""Blocks as Markdown or HTML, by templates. Jinja escapes HTML; what would end a cell or a line of Markdown is here."""

from __future__ import annotations

import base64
import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment

    from housing_assets.documents.blocks import Block


def render_markdown(blocks: Sequence[Block]) -> str:
    """GitHub-flavoured Markdown. Pictures are named only."""
    parts = (_templates().get_template("block.md.jinja").render(block=block, kind=_kind(block)) for block in blocks)
    return "\n\n".join(parts) + "\n"


def render_html(title: str, blocks: Sequence[Block]) -> str:
    """One file that needs no other: style and pictures are inside."""
    parts = [(block, _kind(block)) for block in blocks]
    return _templates().get_template("document.html.jinja").render(title=title, parts=parts)


def escape_markdown(text: str) -> str:
    """``text`` on one line, in which nothing is HTML and a bar ends no cell."""
    return re.sub(r"\s*[\r\n]+\s*", " ", text).replace("|", "\\|").replace("&", "&amp;").replace("<", "&lt;")


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, select_autoescape

    environment = Environment(
        loader=PackageLoader("housing_assets.documents"),
        autoescape=select_autoescape(["html.jinja"], default=False),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["base64"] = lambda content: base64.b64encode(content).decode()
    environment.filters["line"] = escape_markdown
    return environment


def _kind(block: Block) -> str:
    return type(block).__name__
