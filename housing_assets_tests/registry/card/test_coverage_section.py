from __future__ import annotations

from typing import Any

from housing_assets.documents.rendering import render_markdown
from housing_assets.registry.card.coverage_section import coverage

WHOLE = {"aim": 0.9, "overall": 0.911, "median_relative_width": 0.47}
LIMITS = {"low": 0.88, "high": 0.92}


def said(**evaluation: Any) -> str:
    return render_markdown(coverage({"coverage": WHOLE, **evaluation}))


def test_nothing_is_said_where_nothing_was_measured():
    assert coverage({}) == []


def test_what_an_earlier_release_measured_is_said():
    assert "On the test rows it did in 91.1 %; its median width is 47 % of the price." in said()


def test_width_and_score_are_said():
    text = said(coverage={**WHOLE, "mean_width": 99_490.0, "interval_score": 137_951.0})
    assert "its mean width $99,490, its mean interval score (Gneiting and Raftery 2007) $137,951" in text


def test_the_slices_that_are_covered_least_are_said_and_no_small_one():
    shares = {f"income: tenth {number:02d}": 0.8 + number / 100 for number in range(9)}
    slices = {name: {"rows": 400, "share": share, **LIMITS} for name, share in shares.items()}
    text = said(slices={**slices, "ocean_proximity: ISLAND": {"rows": 2, "share": 0.0, **LIMITS}})
    assert "| income: tenth 00 | 400 | 80.0 % | 88.0 to 92.0 % |" in text
    assert "ISLAND" not in text
    assert text.count("| income") == 5


def test_how_much_worse_flagged_rows_are_priced_is_said():
    assert "The 398 test rows with a flag err 1.7 times as much" in said(
        support={"ratio": {"relative": 1.69}, "flagged": {"rows": 398}}
    )
    assert "flag" not in said(support={"ratio": {}, "flagged": {"rows": 0}})
