from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.documents.blocks import Code, Heading, Listing, Notice, Paragraph, Picture, Table
from housing_assets.documents.rendering import render_html, render_markdown

if TYPE_CHECKING:
    from housing_assets.documents.blocks import Block

HOSTILE = "a | b\n## <script>alert(1)</script> &amp;"
BLOCKS = [
    (Heading("Title", 1), "# Title\n"),
    (Paragraph("Some text."), "Some text.\n"),
    (Notice("Look", "here.", "bad"), "**Look**: here.\n"),
    (Notice("Look", "", "good"), "**Look**\n"),
    (Listing(["one", "two"]), "- one\n- two\n"),
    (Table([("a", "b"), ("1", "2")]), "| a | b |\n| --- | --- |\n| 1 | 2 |\n"),
    (Table([("a",)]), "| a |\n| --- |\n"),
    (Code("x = 1\ny = 2"), "```\nx = 1\ny = 2\n```\n"),
    (Picture("map", b"png"), "Figure: map (in the HTML file)\n"),
]


@pytest.mark.parametrize(("block", "text"), BLOCKS)
def test_markdown_of_a_block(block: Block, text: str):
    assert render_markdown([block]) == text


def test_markdown_blocks_are_a_line_apart():
    assert render_markdown([Heading("A"), Paragraph("b"), Listing(["c"])]) == "## A\n\nb\n\n- c\n"


@pytest.mark.parametrize(
    "block",
    [Heading(HOSTILE), Paragraph(HOSTILE), Notice(HOSTILE, HOSTILE, "bad"), Listing([HOSTILE]), Table([(HOSTILE,)])],
)
def test_text_breaks_no_markdown(block: Block):
    text = render_markdown([block])
    assert "<script" not in text
    assert "\n##" not in text.removeprefix("##")
    assert text.replace("\\|", "").count("|") in {0, 4}


@pytest.mark.parametrize(
    "block",
    [
        Heading(HOSTILE),
        Paragraph(HOSTILE),
        Notice(HOSTILE, HOSTILE, "bad"),
        Listing([HOSTILE]),
        Table([(HOSTILE,)]),
        Code(HOSTILE),
        Picture(HOSTILE, b"png"),
    ],
)
def test_text_is_no_html(block: Block):
    text = render_html(HOSTILE, [block])
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;" in text


def test_columns_of_numbers_are_aligned_to_the_right():
    assert '<td class="number">2</td>' in render_html("t", [Table([("a", "b"), ("1", "2")], frozenset({1}))])


def test_pictures_are_embedded():
    assert 'src="data:image/png;base64,cG5n"' in render_html("t", [Picture("map", b"png")])
