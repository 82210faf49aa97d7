from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from scipy.stats import spearmanr
from sklearn.base import clone

from housing_assets.domain.features.builder import (
    RANKED_ROWS,
    build_features,
    correlation_with_target,
    feature_builder,
    fit_features,
)
from housing_assets.domain.features.clustering import ClusterSimilarity
from housing_assets.domain.schema import CATEGORICAL, PREDICTORS, TARGET

RANDOM = np.random.default_rng(0)
ROWS = 300
ROOMS = RANDOM.integers(500, 5000, ROWS).astype(float)
FRAME = pd.DataFrame(
    {
        "longitude": RANDOM.uniform(-122, -118, ROWS),
        "latitude": RANDOM.uniform(34, 38, ROWS),
        "housing_median_age": RANDOM.uniform(1, 52, ROWS),
        "total_rooms": ROOMS,
        "total_bedrooms": ROOMS / 5,
        "population": ROOMS / 2,
        "households": ROOMS / RANDOM.uniform(3, 7, ROWS),
        "median_income": RANDOM.uniform(0.5, 15, ROWS),
        CATEGORICAL: RANDOM.choice(["INLAND", "NEAR BAY"], ROWS),
        TARGET: RANDOM.uniform(50_000, 500_000, ROWS),
    }
)
TRAIN, TEST = FRAME.iloc[:200], FRAME.iloc[200:]
EVERYTHING: dict[str, Any] = {
    "ratios": True,
    "rotations": (45.0,),
    "landmarks": True,
    "clusters": ClusterSimilarity(3),
    "neighbours": 5,
}
NOTHING: dict[str, Any] = {"ratios": False, "rotations": (), "landmarks": False, "clusters": None, "neighbours": 0}


def built(frame: pd.DataFrame = FRAME, **switches: Any) -> pd.DataFrame:
    return build_features(fit_features(feature_builder(**EVERYTHING | switches), TRAIN), frame)


def test_without_families_the_raw_columns_remain() -> None:
    assert built(**NOTHING).columns.tolist() == [
        *PREDICTORS[:-1],
        f"{CATEGORICAL}_INLAND",
        f"{CATEGORICAL}_NEAR BAY",
        TARGET,
    ]


@pytest.mark.parametrize(
    ("family", "column"),
    [
        ("ratios", "total_rooms_per_households"),
        ("rotations", "along_45"),
        ("landmarks", "coast_km"),
        ("clusters", "cluster_0_similarity"),
        ("neighbours", "median_income_nearby"),
    ],
)
def test_each_family_has_its_switch(family: str, column: str) -> None:
    assert column in built()
    assert column not in built(**{family: NOTHING[family]})


def test_neighbours_know_ratios_that_are_not_features() -> None:
    assert "total_rooms_per_households_nearby" in built(ratios=False)


def test_coordinates_and_target_are_left_as_they_are() -> None:
    kept = ["longitude", "latitude", TARGET]
    pd.testing.assert_frame_equal(built()[kept], FRAME[kept])


def test_all_is_float64_and_finite() -> None:
    features = built()
    assert set(features.dtypes) == {np.dtype("float64")}
    assert np.isfinite(features.to_numpy()).all()


def test_what_was_measured_is_scaled_on_the_rows_it_was_fitted_on() -> None:
    income = built(TRAIN)["median_income"]
    assert income.mean() == pytest.approx(0)
    assert income.std(ddof=0) == pytest.approx(1)


def test_new_rows_do_not_influence_each_other() -> None:
    alone = pd.concat([built(TEST.iloc[[i]]) for i in range(5)])
    pd.testing.assert_frame_equal(alone, built(TEST).iloc[:5])


def test_an_unknown_category_is_no_category() -> None:
    row = built(TEST.iloc[[0]].assign(**{CATEGORICAL: "ON THE MOON"}))
    assert row.filter(like=CATEGORICAL).to_numpy().tolist() == [[0.0, 0.0]]


def test_the_order_of_columns_and_further_ones_do_not_matter() -> None:
    shuffled = FRAME[FRAME.columns[::-1]].assign(note="further")
    pd.testing.assert_frame_equal(built(shuffled), built())


def test_a_frame_without_target_has_features_too() -> None:
    assert TARGET not in built(TEST.drop(columns=TARGET))


def test_rows_far_outside_california_have_finite_features() -> None:
    away = TEST.assign(longitude=151.2, latitude=-33.9)
    assert np.isfinite(built(away).to_numpy()).all()


def test_constant_columns_have_finite_features() -> None:
    constant = TRAIN.assign(median_income=3.0, housing_median_age=20.0, households=500.0)
    builder = fit_features(feature_builder(**EVERYTHING), constant)
    assert np.isfinite(build_features(builder, constant).to_numpy()).all()


def test_an_unfitted_copy_fits_to_the_same() -> None:
    builder = feature_builder(**EVERYTHING)
    first = build_features(fit_features(builder, TRAIN), FRAME)
    pd.testing.assert_frame_equal(build_features(fit_features(clone(builder), TRAIN), FRAME), first, check_exact=True)


def test_skops_carries_it_and_trusts_only_our_transformers_further() -> None:
    builder = fit_features(feature_builder(**EVERYTHING), TRAIN)
    stored = skops.io.dumps(builder)
    untrusted = skops.io.get_untrusted_types(data=stored)
    assert all(name.startswith("housing_assets.domain.") for name in untrusted)
    loaded = skops.io.loads(stored, trusted=untrusted)
    pd.testing.assert_frame_equal(build_features(loaded, FRAME), build_features(builder, FRAME), check_exact=True)


def test_correlations_are_ranked_by_strength() -> None:
    table = pd.DataFrame(
        {"weak": [1.0, 2.0, 4.0, 3.0], "strong": [4.0, 3.0, 2.0, 1.0], "flat": 1.0, TARGET: [1.0, 2.0, 3.0, 4.0]}
    )
    assert correlation_with_target(table).round(3).to_dict() == {"strong": -1.0, "weak": 0.8, "flat": 0.0}


def test_correlations_of_many_rows_are_about_those_of_all():
    random = np.random.default_rng(0)
    price = random.uniform(size=RANKED_ROWS + 50_000)
    near = price + random.normal(0, 0.3, len(price))
    found = correlation_with_target(pd.DataFrame({"near": near, TARGET: price}))["near"]
    exact = spearmanr(near, price).statistic
    assert exact != found == pytest.approx(exact, abs=0.01)
