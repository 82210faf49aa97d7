from __future__ import annotations

import pytest

from housing_assets_tests.benchmark.growth import StageGrowth, StepGrowth, exponent
from housing_assets_tests.benchmark.measuring import Step
from housing_assets_tests.benchmark.splits import SplitScore, covering_width
from housing_assets_tests.benchmark.table import Results, judged, markdown


def step(seconds: float, **result: float) -> Step:
    return Step("grid", seconds, seconds, result)


@pytest.mark.parametrize(
    ("seed", "ours", "outcome"),
    [
        ({"RMSE": 100.0}, {"RMSE": 100.9}, "equal"),
        ({"RMSE": 100.0}, {"RMSE": 98.0}, "better"),
        ({"RMSE": 100.0}, {"RMSE": 102.0}, "**worse**"),
        ({"clusters": 5, "silhouette": 0.5}, {"clusters": 5, "silhouette": 0.501}, "equal"),
        ({"clusters": 5, "silhouette": 0.5}, {"clusters": 6, "silhouette": 0.5}, "**differs**"),
        ({"wMAPE": 10.0, "RMSE": 100.0}, {"wMAPE": 9.0, "RMSE": 102.0}, "**worse**"),
    ],
)
def test_outcomes_are_equal_within_a_hundredth(seed: dict[str, float], ours: dict[str, float], outcome: str) -> None:
    assert judged(seed, ours) == outcome


@pytest.mark.parametrize(("seconds", "text"), [(20, "**not reached**"), (10, "(reached)"), (5, "(stretch reached)")])
def test_the_sum_says_whether_the_ratio_is_reached(seconds: float, text: str) -> None:
    results = Results({}, seed=[step(40, RMSE=1.0)], ours=[step(seconds, RMSE=1.0)])
    assert text in markdown(results)


def test_a_step_that_only_one_side_has_is_not_in_the_sum() -> None:
    alone = Step("ratio", 1000, 1000, {"RMSE": 1.0})
    assert "| sum of what both do | 40.0 | 10.0 |" in markdown(
        Results({}, seed=[step(40, RMSE=1.0)], ours=[step(10, RMSE=1.0), alone])
    )


def test_seconds_that_were_not_measured_are_marked() -> None:
    stages = [StageGrowth("imputer", 2_000_000, 3.0, 400.0, "")]
    steps = [StepGrowth("clusters", [5_000, 10_000, 20_000], [1.0, 4.0, 16.0], 2.0)]
    assert "| 160,000 (extrapolated) |" in markdown(Results({}, stages=stages, steps=steps))


def test_the_exponent_of_a_power_is_found() -> None:
    assert exponent([10, 20, 40], [3.0, 12.0, 48.0]) == pytest.approx(2)


def test_a_failed_stage_says_why() -> None:
    stages = [StageGrowth("imputer", 20, 3.0, 400.0, "no memory")]
    assert "Failed: imputer at 20 rows: no memory" in markdown(Results({}, stages=stages))


def test_widths_are_compared_where_as_many_prices_are_held() -> None:
    curve = [{"share": 0.8, "mean_width": 60_000.0}, {"share": 0.92, "mean_width": 100_000.0}]
    assert covering_width(curve, 0.89) == pytest.approx(90_000)


def test_the_worst_split_says_whether_a_value_is_reached() -> None:
    scores = [SplitScore(42, {"wmape": 10.0, "overall": 0.91}), SplitScore(7, {"wmape": 12.0, "overall": 0.895})]
    lines = markdown(Results({}, splits=scores)).splitlines()
    assert [line for line in lines if line.startswith(("| wMAPE", "| prices"))] == [
        "| wMAPE, % | 10 | 12 | 11 | **not reached** |",
        "| prices inside of them | 0.91 | 0.895 | 0.9025 | reached |",
    ]
