from __future__ import annotations

from housing_assets.cli.runs.run_result import list_numbers


def test_a_name_and_its_number_stay_in_one_line():
    shown = list_numbers({"mae": 23258.4, "within_10pct": 59.781, "wmape": 11.078}, width=24)
    assert shown.splitlines() == ["  mae 23,258", "  within_10pct 59.78", "  wmape 11.08"]
