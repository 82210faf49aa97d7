"""What both sides are given: the same rows, the same split, the same hidden cells, the same grids and ranges."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.tree import DecisionTreeRegressor

from housing_assets.dataset import CARRIED_FILE
from housing_assets.domain.data.splits import is_training
from housing_assets.domain.imputation.imputer import GAPPY, HousingImputer, fill_gaps
from housing_assets.domain.metrics import all_metrics
from housing_assets.domain.schema import CATEGORICAL, NUMERIC, TARGET, conform

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 42
PLACE = ["longitude", "latitude"]
MASKED_SHARE = 0.1
FOLDS = 5
PUBLISHED_FOREST = {
    "n_estimators": 128,
    "max_depth": 23,
    "min_samples_split": 9,
    "min_samples_leaf": 9,
    "max_features": "log2",
}


class Effort(NamedTuple):
    """How much of the older pipeline's work is done; the values of ``FULL`` are its own."""

    imputation_trees: int
    clusters: range
    trees: tuple[int, int]
    trials: int
    trial_trees: tuple[int, int]
    workers: int


FULL = Effort(50, range(5, 16), (100, 200), 50, (50, 200), workers=2)
QUICK = Effort(3, range(5, 7), (20, 30), 6, (5, 10), workers=1)


def raw_file() -> Path:
    """The published file where it is present, else the one that the package carries."""
    default = Path(__file__).parents[3] / "shared" / "data"
    published = Path(os.environ.get("HOUSING_REAL_DATA", default)) / "housing.csv"
    return published if published.is_file() else CARRIED_FILE


def raw_rows(file: Path, rows: int | None = None) -> pd.DataFrame:
    """All rows of ``file``, or ``rows`` of them in a drawn order.

    Not drawn by the seed 42: the gaps of the published file are the first 207 rows of just that permutation.
    """
    frame = conform(pd.read_csv(file) if file.suffix == ".csv" else pd.read_parquet(file))
    return frame if rows is None else conform(frame.sample(rows, random_state=0))


class Sides(NamedTuple):
    """Features (rows, features) and prices (rows,) of both sides of the published split."""

    X_train: NDArray[np.float64]
    y_train: NDArray[np.float64]
    X_test: NDArray[np.float64]
    y_test: NDArray[np.float64]

    def scored(self, predicted: NDArray[np.float64]) -> dict[str, float]:
        """The ten metrics of prices predicted for the test rows."""
        return all_metrics(self.y_test, predicted)


@dataclass(frozen=True)
class Work:
    frame: pd.DataFrame
    effort: Effort

    @cached_property
    def filled(self) -> pd.DataFrame:
        """The rows without gaps. Both sides are given the same, so that their models can be compared."""
        training = self.frame[self.training]
        return fill_gaps(HousingImputer("ratio", seed=SEED).fit(training.drop(columns=TARGET)), self.frame)

    @cached_property
    def training(self) -> NDArray[np.bool_]:
        return is_training(self.frame, method="random", test_share=0.2, seed=SEED, block_degrees=0.5)

    @cached_property
    def hidden(self) -> NDArray[np.bool_]:
        """The known bedrooms that imputation is compared on, drawn as ``imputation_comparison`` draws them."""
        known = np.flatnonzero(self.frame[GAPPY].notna())
        hidden = np.zeros(len(self.frame), dtype=bool)
        count = round(len(known) * MASKED_SHARE)
        hidden[np.random.default_rng(SEED).choice(known, size=count, replace=False)] = True
        return hidden

    def sides(self, clusters: int) -> Sides:
        """The older pipeline's 14 features: the numbers, the cluster's number, a column a category."""
        labels = labelled(self.frame[PLACE].to_numpy(), clusters)
        categories = pd.get_dummies(self.filled[CATEGORICAL]).to_numpy()
        features = np.column_stack([self.filled[list(NUMERIC)], labels, categories]).astype(np.float64)
        prices, training = self.frame[TARGET].to_numpy(), self.training
        return Sides(features[training], prices[training], features[~training], prices[~training])


def labelled(places: NDArray[np.float64], clusters: int) -> NDArray[np.int32]:
    """The number of the KMeans cluster of each place."""
    labels: NDArray[np.int32] = KMeans(clusters, n_init=10, random_state=SEED).fit_predict(places)
    return labels


def grids(trees: tuple[int, int]) -> dict[str, tuple[Any, dict[str, list[Any]]]]:
    """The five algorithms by name, and 4 to 9 points of each."""
    return {
        "linear": (LinearRegression(), {"fit_intercept": [True, False], "positive": [False, True]}),
        "ridge": (Ridge(), {"alpha": [0.1, 1, 10, 100, 1000]}),
        "tree": (
            DecisionTreeRegressor(random_state=SEED),
            {"max_depth": [5, 10, 20], "min_samples_leaf": [1, 5, 20]},
        ),
        "random forest": (
            RandomForestRegressor(random_state=SEED),
            {"n_estimators": list(trees), "max_depth": [10, 20], "min_samples_split": [2, 5]},
        ),
        "gradient boosting": (
            GradientBoostingRegressor(random_state=SEED),
            {"n_estimators": list(trees), "learning_rate": [0.1, 0.2], "max_depth": [3, 5]},
        ),
    }


def forest_space(effort: Effort) -> dict[str, Any]:
    """The five ranges of the sweep, in the vocabulary of ``search_space``."""
    low, high = effort.trial_trees
    return {
        "n_estimators": {"min": low, "max": high},
        "max_depth": {"min": 5, "max": 30},
        "min_samples_split": {"min": 2, "max": 20},
        "min_samples_leaf": {"min": 1, "max": 10},
        "max_features": {"values": ["sqrt", "log2"]},
    }
