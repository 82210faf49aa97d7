from __future__ import annotations

import base64
from dataclasses import replace
from html.parser import HTMLParser

from housing_assets.checks.report_page import as_markdown, as_page
from housing_assets_tests.checks.test_report import FAILED, NOT_SET, PASSED, WARNS

VOID = {"meta", "img"}
PNG = b"\x89PNG one pixel"


class Page(HTMLParser):
    """The elements of a page: those that are not closed, those that are there, and what each refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[str] = []
        self.references: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self.references += [value or "" for name, value in attrs if name in ("src", "href", "action", "data")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page(*rows, plots=None) -> Page:  # noqa: ANN001, ANN002
    return Page(as_page(rows, plots or {}, "Checks of <housing>", "today"))


def test_every_element_is_closed():
    assert page(PASSED, WARNS, FAILED, plots={"model_evaluation": {"plot": PNG}}).open == []


def test_it_refers_to_nothing_outside():
    references = page(PASSED, plots={"model_evaluation": {"plot": PNG}}).references
    assert references
    assert all(reference.startswith("data:image/png;base64,") for reference in references)


def test_it_loads_nothing_from_its_style():
    text = as_page([PASSED], {}, "", "")
    assert not any(word in text for word in ("url(", "@import", "http:", "https:", "<script"))


def test_plots_are_embedded_as_they_are():
    (source,) = page(PASSED, plots={"model_evaluation": {"plot": PNG}}).references
    assert base64.b64decode(source.partition(",")[2]) == PNG


def test_plots_of_an_asset_without_checks_are_left_out():
    assert page(PASSED, plots={"other": {"plot": PNG}}).references == []


def test_labels_are_text():
    assert page(replace(WARNS, message="<b>bold</b>")).text.count("<b>bold</b>") == 2


def test_failures_come_first():
    text = page(PASSED, WARNS, FAILED).text
    assert text.index("FAILED: model_evaluation, rows") < text.index("warns: model_evaluation, drift")
    assert text.index("warns: model_evaluation, drift") < text.index("judged 2026-11-23")


def test_it_says_so_when_everything_passed():
    assert "Every check passed." in page(PASSED).text


def test_it_says_so_when_there_are_no_checks():
    text = page().text
    assert "nothing has been materialized" in text
    assert "Every check passed." not in text


def test_a_threshold_that_is_not_set_says_so():
    assert "none set" in page(NOT_SET).text


def test_one_heading_an_asset():
    assert page(PASSED, WARNS).found.count("h2") == 1


class TestMarkdown:
    def test_every_line_of_the_table_has_as_many_cells(self):
        lines = [line for line in as_markdown([PASSED, WARNS, FAILED]).splitlines() if line.startswith("|")]
        assert {line.count("|") for line in lines} == {9}

    def test_labels_are_no_html_and_bars_end_no_cell(self):
        assert "&lt;1H OCEAN \\| moved" in as_markdown([WARNS])

    def test_no_checks_say_why(self):
        assert as_markdown([]) == "**No checks: nothing has been materialized yet.**\n"
