from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.impute import KNNImputer
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from housing_assets.domain.imputation.imputer import GAPPY, HousingImputer, fill_gaps
from housing_assets.domain.imputation.strategies import STRATEGIES
from housing_assets.domain.schema import CATEGORICAL, NUMERIC, PREDICTORS, TARGET

RANDOM = np.random.default_rng(0)
ROWS = 200


def housing() -> pd.DataFrame:
    rooms = RANDOM.integers(500, 5000, ROWS).astype(float)
    frame = pd.DataFrame({name: RANDOM.uniform(1, 50, ROWS) for name in NUMERIC})
    frame = frame.assign(
        total_rooms=rooms, total_bedrooms=(rooms / 5).round(), households=rooms / 6, population=rooms / 2
    )
    frame[CATEGORICAL] = np.where(frame["longitude"] > 25, "INLAND", "NEAR BAY")
    frame[TARGET] = 200_000.0
    return frame


FRAME = housing()
HOLED = FRAME.assign(**{GAPPY: FRAME[GAPPY].mask(FRAME.index % 10 == 0)})
GAPS = HOLED[GAPPY].isna()


def imputer(strategy: str, **parameters: Any) -> HousingImputer:
    return HousingImputer(strategy, trees=10, iterations=30, **parameters)


def filled(strategy: str, frame: pd.DataFrame = HOLED) -> pd.DataFrame:
    return fill_gaps(imputer(strategy).fit(HOLED[list(PREDICTORS)]), frame)


@parametrize_with_checks(
    [
        HousingImputer(strategy, column=0, whole=1, counts=(), trees=3, iterations=3, neighbours=2)
        for strategy in STRATEGIES
    ]
)
def test_it_is_a_scikit_learn_transformer(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_gap_is_left(strategy: str) -> None:
    assert not filled(strategy).isna().to_numpy().any()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_known_cells_are_left_alone(strategy: str) -> None:
    pd.testing.assert_frame_equal(filled(strategy)[~GAPS], HOLED[~GAPS])


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_row_with_gaps_everywhere_is_filled(strategy: str) -> None:
    row = HOLED.iloc[[0]].assign(**dict.fromkeys(NUMERIC, np.nan))
    assert np.isfinite(filled(strategy, row)[list(NUMERIC)].to_numpy()).all()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_part_is_not_more_than_its_whole(strategy: str) -> None:
    tiny = HOLED[GAPS].head(1).assign(total_rooms=2.0)
    assert 0 < filled(strategy, tiny)[GAPPY].item() <= 2


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_skops_carries_it(strategy: str) -> None:
    fitted = imputer(strategy).fit(HOLED[list(PREDICTORS)])
    stored = skops.io.dumps(fitted)
    loaded = skops.io.loads(stored, trusted=skops.io.get_untrusted_types(data=stored))
    pd.testing.assert_frame_equal(fill_gaps(loaded, HOLED), fill_gaps(fitted, HOLED), check_exact=True)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_two_fits_are_identical(strategy: str) -> None:
    pd.testing.assert_frame_equal(filled(strategy), filled(strategy), check_exact=True)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_target_does_not_matter(strategy: str) -> None:
    changed = filled(strategy, HOLED.assign(**{TARGET: np.arange(float(ROWS))}))
    pd.testing.assert_series_equal(changed[GAPPY], filled(strategy)[GAPPY])


@pytest.mark.parametrize(("strategy", "statistic"), [("median", "median"), ("mean", "mean")])
def test_constant_strategies_fill_in_the_statistic(strategy: str, statistic: str) -> None:
    assert set(filled(strategy).loc[GAPS, GAPPY]) == {getattr(HOLED[GAPPY], statistic)()}


def test_knn_is_the_knn_imputer_of_scikit_learn_on_the_same_scaling() -> None:
    others = [name for name in NUMERIC if name != GAPPY]
    scaled = StandardScaler().fit(HOLED.loc[~GAPS, others]).transform(HOLED[others])
    expected = KNNImputer(n_neighbors=5).fit_transform(np.column_stack([scaled, HOLED[GAPPY]]))[:, -1]
    np.testing.assert_allclose(filled("knn")[GAPPY], expected, rtol=1e-12)


def test_ratio_learns_a_share() -> None:
    answers = filled("ratio").loc[GAPS, GAPPY]
    np.testing.assert_allclose(answers, FRAME.loc[GAPS, "total_rooms"] / 5, rtol=0.02)


def test_other_gaps_are_filled_with_training_medians() -> None:
    row = HOLED.iloc[[1]].assign(median_income=np.nan)
    assert filled("ratio", row)["median_income"].item() == HOLED["median_income"].median()


def test_gaps_in_other_columns_of_training_rows_are_no_obstacle() -> None:
    holed = HOLED.assign(median_income=HOLED["median_income"].mask(HOLED.index % 7 == 0))
    fitted = imputer("ratio").fit(holed[list(PREDICTORS)])
    assert not fill_gaps(fitted, holed).isna().to_numpy().any()


def test_unknown_categories_pass() -> None:
    row = HOLED.iloc[[0]].assign(**{CATEGORICAL: "ON THE MOON"})
    assert filled("ratio", row)[CATEGORICAL].item() == "ON THE MOON"


def test_index_and_column_order_are_kept() -> None:
    shuffled = HOLED.sample(frac=1, random_state=0)
    assert filled("median", shuffled).index.equals(shuffled.index)
    assert filled("median", shuffled).columns.equals(shuffled.columns)


def test_the_frame_that_was_given_is_not_changed() -> None:
    before = HOLED.copy()
    filled("ratio")
    pd.testing.assert_frame_equal(HOLED, before)


def test_a_forest_on_many_rows_says_that_its_trees_see_some() -> None:
    assert imputer("iterative", tree_rows=50).fit(HOLED[list(PREDICTORS)]).method_ == "iterative, 50 rows a tree"


def test_a_forest_on_few_rows_says_nothing() -> None:
    assert imputer("iterative", tree_rows=ROWS).fit(HOLED[list(PREDICTORS)]).method_ == "iterative"


def test_fewer_rows_than_neighbours_averages_them_all() -> None:
    fitted = imputer("knn", neighbours=1000).fit(HOLED[list(PREDICTORS)])
    assert fill_gaps(fitted, HOLED).loc[0, GAPPY] == pytest.approx(HOLED[GAPPY].mean())


def test_an_unknown_strategy_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(ValueError, match="must be one of median, mean, knn, iterative, ratio; found 'guess'"):
        imputer("guess").fit(HOLED[list(PREDICTORS)])


def test_a_column_without_a_value_is_named() -> None:
    with pytest.raises(ValueError, match="without a single value: population"):
        imputer("ratio").fit(HOLED[list(PREDICTORS)].assign(population=np.nan))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="HousingImputer needs the columns 'total_rooms'"):
        imputer("ratio").fit(HOLED[list(PREDICTORS)].drop(columns="total_rooms"))
