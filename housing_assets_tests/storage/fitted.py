"""Small fits of every kind of estimator that the project uses. As a program: what they look like in this process."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
    StackingRegressor,
    VotingRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Lasso, LinearRegression, Ridge, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor
from threadpoolctl import threadpool_limits

from housing_assets.trusted_types import model_bytes

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline

NUMERIC = ["income", "rooms"]
CATEGORICAL = ["place"]


def sample(rows: int = 400) -> tuple[pd.DataFrame, np.ndarray[Any, Any]]:
    """Two numeric columns, one of them with gaps, and one of words; positive targets."""
    generator = np.random.default_rng(0)
    X = pd.DataFrame({"income": generator.normal(size=rows), "rooms": generator.uniform(1, 9, rows)})
    X["place"] = generator.choice(["INLAND", "NEAR BAY", "ISLAND"], rows).astype(object)
    X.loc[::7, "rooms"] = np.nan
    return X, np.exp(X["income"].to_numpy() / 3 + generator.normal(size=rows) / 5)


def prepared(estimator: BaseEstimator) -> Pipeline:
    numeric = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = ColumnTransformer([("numeric", numeric, NUMERIC), ("words", words, CATEGORICAL)])
    return make_pipeline(columns.set_output(transform="pandas"), estimator)


def boosted(loss: str) -> BaseEstimator:
    quantile = 0.5 if loss == "quantile" else None
    return HistGradientBoostingRegressor(loss=loss, quantile=quantile, max_iter=3, random_state=0)


def estimators() -> dict[str, BaseEstimator]:
    """Unfitted, by name."""
    forest = RandomForestRegressor(5, random_state=0)
    parts = [("ridge", Ridge()), ("forest", forest), ("boosted", boosted("squared_error"))]
    boosted_words = HistGradientBoostingRegressor(max_iter=3, categorical_features=CATEGORICAL, random_state=0)
    encoded = ColumnTransformer([("words", OrdinalEncoder(), CATEGORICAL)], remainder="passthrough")
    simple = {
        "linear": LinearRegression(),
        "ridge": Ridge(),
        "lasso": Lasso(alpha=0.01),
        "tree": DecisionTreeRegressor(random_state=0),
        "forest": forest,
        "extra trees": ExtraTreesRegressor(5, random_state=0),
        "boosting": GradientBoostingRegressor(n_estimators=5, random_state=0),
        "boosting huber": GradientBoostingRegressor(loss="huber", n_estimators=5, random_state=0),
        **{
            f"histogram {loss}": boosted(loss)
            for loss in ("squared_error", "absolute_error", "gamma", "poisson", "quantile")
        },
        "stacking": StackingRegressor(parts, final_estimator=RidgeCV(), cv=3),
        "voting": VotingRegressor(parts),
        "clusters": KMeans(3, n_init=1, random_state=0),
    }
    logarithmic = TransformedTargetRegressor(prepared(Ridge()), func=np.log1p, inverse_func=np.expm1)
    composed = {"log target": logarithmic, "words": boosted_words, "ordinal": make_pipeline(encoded, forest)}
    return {name: prepared(estimator) for name, estimator in simple.items()} | composed


def fit(name: str) -> BaseEstimator:
    X, y = sample()
    estimator = estimators()[name]
    if name != "clusters":
        return estimator.fit(X, y)
    with threadpool_limits(1):  # k-means adds up thread by thread: another number of them is another fit
        return estimator.fit(X, y)


def digest(estimator: BaseEstimator) -> str:
    """SHA-256 of the archive of an estimator."""
    return hashlib.sha256(model_bytes(estimator)).hexdigest()


if __name__ == "__main__":
    print(json.dumps({name: digest(fit(name)) for name in estimators()}))  # noqa: T201
