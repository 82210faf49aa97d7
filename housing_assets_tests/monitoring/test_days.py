"""A week in production, judged day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.domain.schema import PREDICTORS
from housing_assets.serving.log.outcomes import Outcome
from housing_assets_tests.carried import carried_rows
from housing_assets_tests.monitoring.production import failed

if TYPE_CHECKING:
    import dagster as dg
    import pandas as pd

    from housing_assets_tests.monitoring.production import Production

DAYS = [f"2026-03-{number:02d}" for number in range(1, 10)]
FIRST, SECOND, SILENT, SHIFTED, GOOD, DEARER, STILL_DEARER, BY_INPUTS, BROKEN = DAYS
UNKNOWN = "20260301-0000000000000000.0"


def rows(seed: int, count: int = 1_000) -> pd.DataFrame:
    return carried_rows(count, seed)


@pytest.fixture(scope="module")
def week(production: Production) -> dict[str, dg.ExecuteInProcessResult]:
    """The runs by day."""
    production.answer(FIRST, rows(1))
    production.answer(SECOND, rows(2))
    shifted = rows(3).assign(median_income=lambda table: (1.6 * table["median_income"]).clip(upper=15.0))
    production.answer(SHIFTED, shifted)
    production.sell(GOOD, FIRST, slice(0, 300))
    production.record(GOOD, [Outcome(id=UNKNOWN, price=1.0)] * 5)
    production.sell(GOOD, FIRST, slice(0, 3))
    production.sell(GOOD, FIRST, slice(3, 4), by=2.0)
    production.sell(DEARER, SECOND, slice(0, 300), by=1.6)
    production.sell(STILL_DEARER, SECOND, slice(300, 600), by=1.6)
    sold = rows(2).iloc[700:950]
    inputs = sold[list(PREDICTORS)].astype(object).where(sold[list(PREDICTORS)].notna(), None).to_dict("records")
    by_inputs = [
        Outcome.model_validate({"inputs": given, "price": price})
        for given, price in zip(inputs, sold["median_house_value"], strict=True)
    ]
    production.record(BY_INPUTS, by_inputs)
    production.answer(BROKEN, rows(4, 250))
    damage(production, BROKEN)
    return {day: production.judge(day) for day in DAYS}


def damage(production: Production, day: str) -> None:
    """Cut the only file of ``day`` short, within its last line."""
    (file,) = (production.run.home / "store" / "predictions_log" / f"date={day}").iterdir()
    file.write_bytes(file.read_bytes()[:-100])


def test_every_day_is_judged(week: dict[str, dg.ExecuteInProcessResult]):
    assert [day for day, run in week.items() if not run.success] == []


@pytest.mark.parametrize("day", [FIRST, SECOND])
def test_a_quiet_day_raises_nothing(week: dict[str, dg.ExecuteInProcessResult], day: str):
    assert failed(week[day]) == set()


def test_a_day_without_a_request_is_news_and_no_failure(week: dict[str, dg.ExecuteInProcessResult]):
    assert failed(week[SILENT]) == {"prediction_log.requests"}


def test_a_shift_of_the_inputs_is_noticed_on_its_day(week: dict[str, dg.ExecuteInProcessResult]):
    assert {"live_drift.psi", "live_drift.ks"} <= failed(week[SHIFTED])


def test_the_column_that_moved_is_named(production: Production, week: dict[str, dg.ExecuteInProcessResult]):
    found = production.measured("live_drift", SHIFTED)["drift"]["psi"]
    assert max(set(found) - {"price"}, key=lambda column: found[column]) == "median_income"


def test_outcomes_are_told_apart(production: Production, week: dict[str, dg.ExecuteInProcessResult]):
    labels = production.measured("live_performance", GOOD)["labels"]
    names = ("labels", "unmatched", "duplicates", "contradictions")
    assert [labels[name] for name in names] == [309, 5, 3, 1]
    assert production.measured("live_performance", GOOD)["rows"] == 299


def test_good_prices_are_measured_beside_the_registered_ones(
    production: Production, week: dict[str, dg.ExecuteInProcessResult]
):
    found = production.measured("live_performance", GOOD)
    assert 0.8 < found["today"]["error.1"] < 1.25
    assert found["registered"]["1"]["overall"]["rows"] == 240
    interval = found["overall"]["sampling_interval"]["wmape"]
    assert interval["low"] < found["overall"]["wmape"] < interval["high"]


def test_one_bad_day_is_chance_and_two_in_a_row_are_news(week: dict[str, dg.ExecuteInProcessResult]):
    names = {"live_performance.coverage", "live_performance.error", "live_performance.surprise"}
    assert [names & failed(week[day]) for day in (GOOD, DEARER, STILL_DEARER)] == [set(), set(), names]


def test_outcomes_are_matched_by_their_inputs(production: Production, week: dict[str, dg.ExecuteInProcessResult]):
    found = production.measured("live_performance", BY_INPUTS)
    assert (found["rows"], found["labels"]["unmatched"]) == (250, 0)


def test_a_file_that_was_cut_short_is_noticed_and_the_rest_of_it_counts(
    production: Production, week: dict[str, dg.ExecuteInProcessResult]
):
    assert "prediction_log.damaged" in failed(week[BROKEN])
    assert production.measured("prediction_log", BROKEN)["rows"] == 225


def test_plots_are_drawn(week: dict[str, dg.ExecuteInProcessResult]):
    events = week[STILL_DEARER].get_asset_materialization_events() + week[FIRST].get_asset_materialization_events()
    shown = {(event.asset_key.to_user_string(), name) for event in events for name in event.materialization.metadata}
    assert {
        ("prediction_log", "requests"),
        ("live_drift", "stability"),
        ("live_performance", "coverage"),
        ("live_performance", "errors"),
    } <= shown


def test_a_judged_day_is_reused(production: Production, week: dict[str, dg.ExecuteInProcessResult]):
    events = production.judge(STILL_DEARER).get_asset_materialization_events()
    assert [event.materialization.metadata["reused"].value for event in events] == [True] * 3


def test_answers_that_are_recorded_late_make_what_was_judged_of_them_stale(
    production: Production, week: dict[str, dg.ExecuteInProcessResult]
):
    production.answer(GOOD, rows(5, 200))
    events = production.judge(GOOD).get_asset_materialization_events()
    assert {event.asset_key.to_user_string(): event.materialization.metadata["reused"].value for event in events} == {
        "prediction_log": False,
        "live_drift": False,
        "live_performance": False,
    }
