"""Deliberately bad data, measured as the assets measure it, is stopped at the right gate and with a clear message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from housing_assets.domain.data import drift
from housing_assets.domain.data.plausibility import by_category
from housing_assets.domain.data.splits import is_training
from housing_assets.domain.data.validation import profile
from housing_assets.domain.gates.catalogue import judge
from housing_assets.domain.models.evaluation import evaluate
from housing_assets.domain.schema import NUMERIC, TARGET
from housing_assets.settings import load_settings
from housing_assets_tests.carried import carried_rows

if TYPE_CHECKING:
    import pandas as pd

    from housing_assets.domain.gates.verdicts import Verdict

SETTINGS = load_settings()
HOUSING = carried_rows()
TRAINING = is_training(HOUSING, method="hash", test_share=0.2, seed=42, block_degrees=0.5)
INLAND = (HOUSING["ocean_proximity"] == "INLAND").to_numpy()


def with_prices(prices: Any) -> pd.DataFrame:
    return HOUSING.assign(**{TARGET: np.asarray(prices, dtype=float)})


def inverted() -> np.ndarray:
    prices = HOUSING[TARGET].to_numpy().copy()
    prices[INLAND] = prices[INLAND].max() + prices[INLAND].min() - prices[INLAND]
    return prices


SHUFFLED = with_prices(np.random.default_rng(0).permutation(HOUSING[TARGET]))
DOUBLED = with_prices(2 * HOUSING[TARGET])
INVERTED = with_prices(inverted())


def measured_file(frame: pd.DataFrame) -> dict[str, Any]:
    return {**profile(frame), "ocean_proximity": by_category(frame)}


def drift_verdicts(frame: pd.DataFrame) -> dict[str, Verdict]:
    """The verdicts on ``frame`` as a new file, against the training rows, that did not pass."""
    table = drift.report(HOUSING[TRAINING], frame, **SETTINGS.drift.model_dump())
    return not_passed("drift_report", drift.measurements(table))


def file_verdicts(frame: pd.DataFrame, accepted: pd.DataFrame | None = HOUSING) -> dict[str, Verdict]:
    """The verdicts that did not pass, by gate."""
    baseline = None if accepted is None else measured_file(accepted)
    return not_passed("raw_housing", measured_file(frame), baseline)


def not_passed(asset: str, measurements: dict[str, Any], baseline: dict[str, Any] | None = None) -> dict[str, Verdict]:
    verdicts = judge(asset, measurements, SETTINGS.gates.thresholds(asset), baseline)
    return {verdict.name: verdict for verdict in verdicts if not verdict.passed}


def beside(production: dict[str, Any], candidate: dict[str, Any]) -> dict[str, Any]:
    compared = {"overall": production["overall"], "candidate": candidate["overall"]}
    return candidate | {"production": {"rows": production["overall"]["rows"], **compared}}


class TestFile:
    def test_the_carried_dataset_passes(self):
        assert file_verdicts(HOUSING) == {}

    def test_it_passes_as_the_first_file(self):
        assert file_verdicts(HOUSING, accepted=None) == {}

    def test_more_rows_pass(self):
        assert file_verdicts(HOUSING, accepted=HOUSING.sample(frac=0.8, random_state=0)) == {}

    @pytest.mark.parametrize("accepted", [HOUSING, None], ids=["later", "first"])
    def test_shuffled_prices_are_not_explained_by_income(self, accepted: pd.DataFrame | None):
        verdict = file_verdicts(SHUFFLED, accepted)["income_and_price"]
        assert verdict.blocking
        assert "prices were shuffled, inverted or misplaced" in verdict.message

    @pytest.mark.parametrize("accepted", [HOUSING, None], ids=["later", "first"])
    def test_inverted_prices_of_a_category_name_it(self, accepted: pd.DataFrame | None):
        verdict = file_verdicts(INVERTED, accepted)["income_and_price"]
        assert verdict.blocking
        assert "ocean_proximity.INLAND.income_correlation is -0." in verdict.message

    def test_doubled_prices_are_off_the_last_accepted_file(self):
        verdicts = file_verdicts(DOUBLED)
        assert {name for name, verdict in verdicts.items() if verdict.blocking} == {"price_level"}
        assert "median_price of" in verdicts["price_level"].message

    @pytest.mark.parametrize("kept", [HOUSING.iloc[:10_320], HOUSING.sample(frac=0.5, random_state=0)])
    def test_half_of_the_rows_are_too_few(self, kept: pd.DataFrame):
        verdict = file_verdicts(kept)["rows"]
        assert verdict.blocking
        assert verdict.message.startswith("rows of 10,320 is 0.5 times the baseline (20,640); at least 0.6 is needed.")

    def test_a_category_that_is_gone_is_missing(self):
        verdicts = file_verdicts(HOUSING[HOUSING["ocean_proximity"] != "NEAR BAY"])
        assert "ocean_proximity.NEAR BAY.median_price is missing" in verdicts["price_level"].message

    def test_other_incomes_are_drift_and_only_warn(self):
        verdicts = drift_verdicts(HOUSING.assign(median_income=1.5 * HOUSING["median_income"]))
        assert {name: verdict.blocking for name, verdict in verdicts.items()} == {"psi": False, "ks": False}
        assert "median_income" in verdicts["psi"].message

    def test_the_rows_themselves_do_not_drift(self):
        assert drift_verdicts(HOUSING) == {}


def predictors(frame: pd.DataFrame) -> pd.DataFrame:
    diagonal = {"sum": frame["longitude"] + frame["latitude"], "difference": frame["longitude"] - frame["latitude"]}
    ratios = {"rooms": frame["total_rooms"] / frame["households"], "crowd": frame["population"] / frame["households"]}
    return frame[list(NUMERIC)].assign(**diagonal, **ratios)


def measured_model(learned: pd.DataFrame, asked: pd.DataFrame = HOUSING) -> dict[str, Any]:
    """The evaluation of a booster fitted on the training rows of ``learned``, on the test rows of ``asked``."""
    learned, asked = learned.loc[learned.index.intersection(HOUSING.index[TRAINING])], asked[~TRAINING]
    regressor = HistGradientBoostingRegressor(max_iter=250, learning_rate=0.1, random_state=0)
    with threadpool_limits(1):
        regressor.fit(predictors(learned), np.log(learned[TARGET]))
        predicted = np.exp(regressor.predict(predictors(asked)))
    missed = np.quantile(np.abs(np.log(asked[TARGET] / predicted)), 0.9)
    answers = {"actual": asked[TARGET], "predicted": predicted}
    interval = {"lower": predicted * np.exp(-missed), "upper": predicted * np.exp(missed)}
    return evaluate(
        asked.assign(**answers, **interval),
        trivial_price=float(learned[TARGET].median()),
        **SETTINGS.evaluation.model_dump() | {"resamples": 10},
    )


@pytest.fixture(scope="module")
def good_model() -> dict[str, Any]:
    return measured_model(HOUSING)


class TestModel:
    def test_a_good_model_passes(self, good_model: dict[str, Any]):
        assert not_passed("model_evaluation", good_model) == {}

    def test_it_passes_against_itself_in_production(self, good_model: dict[str, Any]):
        assert not_passed("model_evaluation", good_model, good_model) == {}

    def test_shuffled_prices_do_not_beat_the_median(self):
        verdicts = not_passed("model_evaluation", measured_model(SHUFFLED, SHUFFLED))
        assert {"r2", "wmape", "beats_trivial"} <= set(verdicts)
        assert "must beat always predicting the median price" in verdicts["beats_trivial"].message

    def test_doubled_prices_have_errors_of_too_many_dollars(self):
        assert set(not_passed("model_evaluation", measured_model(DOUBLED, DOUBLED))) == {"mae", "rmse"}

    def test_a_model_of_doubled_prices_is_worse_than_production(self, good_model: dict[str, Any]):
        verdicts = not_passed("model_evaluation", beside(good_model, measured_model(DOUBLED)))
        assert {"wmape_against_production", "rmse_against_production"} <= set(verdicts)

    def test_a_model_that_learned_one_category_inverted_names_it(self):
        verdicts = not_passed("model_evaluation", measured_model(INVERTED))
        assert "ocean_proximity.INLAND.wmape" in verdicts["ocean_proximity"].message

    def test_a_model_of_a_tenth_of_the_rows_is_worse_than_production(self, good_model: dict[str, Any]):
        few = HOUSING.sample(frac=0.1, random_state=0)
        assert "wmape_against_production" in not_passed("model_evaluation", beside(good_model, measured_model(few)))
