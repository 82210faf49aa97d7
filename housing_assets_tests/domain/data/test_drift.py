from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from housing_assets.domain.data import drift
from housing_assets.domain.data.drift import measurements
from housing_assets.domain.figures.drift import distributions, stability

values = arrays(float, st.integers(2, 60), elements=st.floats(-1e6, 1e6))
counts = arrays(int, 5, elements=st.integers(0, 1000)).filter(lambda array: array.sum() > 0)


def report(reference: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    return drift.report(reference, frame, bins=10, smallest_share=1e-4)


def population_stability_index(reference_counts: np.ndarray, current_counts: np.ndarray) -> float:
    return drift.population_stability_index(reference_counts, current_counts, 1e-4)


def numbers(array: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"value": array})


def table() -> pd.DataFrame:
    random = np.random.default_rng(0)
    labels = random.choice(["INLAND", "NEAR BAY"], 1000)
    return pd.DataFrame({"median_income": random.normal(4, 1, 1000), "ocean_proximity": labels})


@given(values)
def test_identical_rows_have_no_drift(array: np.ndarray):
    row = report(numbers(array), numbers(array)).loc["value"]
    assert (row["psi"], row["ks"], row["wasserstein"], row["missing_share_change"]) == (0, 0, 0, 0)


@given(values, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(array: np.ndarray, random):  # noqa: ANN001
    shuffled = array.copy()
    random.shuffle(shuffled)
    assert report(numbers(array), numbers(shuffled)).loc["value", "psi"] == 0


@given(values, st.floats(1, 1e6))
def test_wasserstein_of_shifted_rows_is_the_shift(array: np.ndarray, shift: float):
    distance = report(numbers(array), numbers(array + shift)).loc["value", "wasserstein"]
    assert distance == pytest.approx(shift, rel=1e-6)


@pytest.mark.parametrize("distance", ["psi", "ks", "wasserstein"])
def test_distances_grow_with_the_shift(distance: str):
    reference = np.random.default_rng(0).normal(size=2000)
    grown = [
        report(numbers(reference), numbers(reference + shift)).loc["value", distance] for shift in (0, 0.2, 0.5, 1)
    ]
    assert all(np.diff(grown) > 0)


@given(values, values)
def test_ks_is_a_share(reference: np.ndarray, current: np.ndarray):
    assert 0 <= report(numbers(reference), numbers(current)).loc["value", "ks"] <= 1


def test_ks_of_rows_that_do_not_overlap_is_one():
    assert report(numbers(np.arange(9.0)), numbers(np.arange(9.0) + 100)).loc["value", "ks"] == 1


@given(counts, counts)
def test_the_stability_index_is_symmetric_and_never_negative(p: np.ndarray, q: np.ndarray):
    index = population_stability_index(p, q)
    assert index >= 0
    assert index == pytest.approx(population_stability_index(q, p))


def test_the_stability_index_by_hand():
    expected = 0.2 * math.log(0.7 / 0.5) - 0.2 * math.log(0.3 / 0.5)
    assert population_stability_index(np.array([5, 5]), np.array([7, 3])) == pytest.approx(expected)


def test_an_empty_bin_counts_as_the_smallest_share():
    index = drift.population_stability_index(np.array([1, 0]), np.array([0, 1]), 0.01)
    assert index == pytest.approx(2 * 0.99 * math.log(100))


def test_the_stability_index_does_not_depend_on_the_number_of_rows():
    small, large = np.array([5, 3, 2]), np.array([500, 300, 200])
    assert population_stability_index(small, large) == pytest.approx(0, abs=1e-12)


def test_by_chance_the_index_is_about_bins_over_rows():
    random = np.random.default_rng(0)
    drawn = [
        report(numbers(random.normal(size=1000)), numbers(random.normal(size=1000))).loc["value", "psi"]
        for _ in range(50)
    ]
    assert np.mean(drawn) == pytest.approx(9 * 2 / 1000, rel=0.25)


def test_missing_values_change_the_missing_share_alone():
    frame = table()
    thinned = frame.assign(median_income=frame["median_income"].where(np.arange(1000) % 4 > 0))
    row = report(frame, thinned).loc["median_income"]
    assert row["missing_share_change"] == 0.25
    assert row["psi"] < 0.1


def test_gaps_that_the_reference_has_too_are_no_change():
    thinned = table().assign(median_income=lambda frame: frame["median_income"].where(np.arange(1000) % 4 > 0))
    assert report(thinned, thinned).loc["median_income", "missing_share_change"] == 0


def test_the_outer_bins_are_open():
    reference = np.arange(100.0)
    beyond = np.append(reference[:-1], 1e9)
    assert report(numbers(reference), numbers(beyond)).loc["value", "psi"] == 0


def test_shares_of_categories_drift():
    frame = table()
    assert report(frame, frame.assign(ocean_proximity="INLAND")).loc["ocean_proximity", "psi"] > 0.25


def test_new_and_vanished_categories_are_named():
    frame = table()
    renamed = frame.replace({"ocean_proximity": {"NEAR BAY": "BAY"}})
    row = report(frame, renamed).loc["ocean_proximity"]
    assert (row["new"], row["vanished"]) == (["BAY"], ["NEAR BAY"])


def test_target_drift_is_there_with_labels_only():
    labelled = table().assign(median_house_value=1.0)
    assert "median_house_value" in report(labelled, labelled).index
    assert "median_house_value" not in report(labelled, table()).index


@pytest.mark.parametrize("frame", [pd.DataFrame({"other": [1.0]}), table().iloc[:0]])
def test_nothing_in_common_is_an_error(frame: pd.DataFrame):
    with pytest.raises(ValueError, match="nothing to compare"):
        report(table(), frame)


class TestMeasurements:
    def test_they_are_json_with_every_column(self):
        frame = table()
        found = json.loads(json.dumps(measurements(report(frame, frame)), allow_nan=False))
        assert set(found["psi"]) == set(found["missing_share_change"]) == {"median_income", "ocean_proximity"}
        assert set(found["ks"]) == set(found["wasserstein"]) == {"median_income"}

    def test_a_column_without_values_has_no_distance(self):
        found = measurements(report(table(), table().assign(median_income=np.nan)))
        assert (found["psi"]["median_income"], found["missing_share_change"]["median_income"]) == (None, 1)

    def test_new_categories_are_counted_and_named(self):
        found = measurements(report(table(), table().assign(ocean_proximity="SEA")))
        assert (found["new_categories"], found["new_category_names"]) == (1, ["SEA"])

    def test_categories_alone(self):
        frame = table()[["ocean_proximity"]]
        assert measurements(report(frame, frame))["ks"] == {}


class TestFigures:
    def test_a_bar_a_column_and_the_threshold(self):
        axes = stability(report(table(), table()), 0.25).axes[0]
        assert [label.get_text() for label in axes.get_yticklabels()] == ["median_income", "ocean_proximity"]
        assert [line.get_xdata()[0] for line in axes.lines] == [0.25]

    def test_the_columns_that_drifted_most_come_first(self):
        frame = table()
        shifted = frame.assign(median_income=frame["median_income"] + 1)
        drifted = report(frame, shifted)
        figure = distributions(drift.shares(frame, shifted, drifted), drifted)
        assert [axes.get_title().split(",")[0] for axes in figure.axes] == ["median_income", "ocean_proximity"]


class TestShares:
    def test_each_side_of_a_column_adds_up_to_one(self):
        frame = table()
        shifted = frame.assign(median_income=frame["median_income"] + 1, ocean_proximity="SEA")
        sums = drift.shares(frame, shifted, report(frame, shifted)).groupby("column")[["reference", "current"]].sum()
        np.testing.assert_allclose(sums, 1.0)

    def test_bins_have_edges_and_categories_labels(self):
        frame = table()
        spread = drift.shares(frame, frame, report(frame, frame)).set_index("column")
        assert spread.loc["median_income", "left"].notna().all()
        assert set(spread.loc["ocean_proximity", "label"]) == set(frame["ocean_proximity"])

    def test_the_columns_with_the_largest_index_are_chosen(self):
        frame = table()
        shifted = frame.assign(median_income=frame["median_income"] + 1)
        assert set(drift.shares(frame, shifted, report(frame, shifted), columns=1)["column"]) == {"median_income"}
