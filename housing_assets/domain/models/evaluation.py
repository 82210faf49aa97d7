"""How good the model is on rows that nothing was fitted on: overall, by segment, and next to a trivial model."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from housing_assets.domain.features.predictors import predictor_arrays
from housing_assets.domain.intervals.conformal import predict_with_interval
from housing_assets.domain.intervals.scores import interval_score
from housing_assets.domain.intervals.slices import coverage_slices
from housing_assets.domain.intervals.support import support_of
from housing_assets.domain.metrics import all_metrics, bootstrap_intervals
from housing_assets.domain.parallel import run_on_one_thread
from housing_assets.domain.schema import CATEGORICAL, LATITUDE, LONGITUDE, TARGET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline


def predict_rows(model: Pipeline, rows: pd.DataFrame, *, coverage: float) -> pd.DataFrame:
    """What ``model`` says of raw ``rows``: one row each, same index.

    Columns ``longitude``, ``latitude``, ``ocean_proximity``, ``actual``, ``predicted``, ``lower`` and ``upper`` (the
    interval of ``coverage``), in dollars; ``median_income``, ``population``, and ``training_km`` if the model knows;
    ``flagged``, whether the model says that the row is unlike its training rows.
    """
    predicted, interval = run_on_one_thread(predict_with_interval, model, rows, coverage)
    kept = rows[[LONGITUDE.name, LATITUDE.name, CATEGORICAL, "median_income", "population"]]
    known = kept.assign(actual=rows[TARGET], predicted=predicted, lower=interval[:, 0], upper=interval[:, 1])
    known["flagged"] = is_flagged(model, rows)
    distances = training_km(model, rows)
    return known if distances is None else known.assign(training_km=distances)


def is_flagged(model: Pipeline, rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether each of raw ``rows`` has a flag of ``support.Support.judge``, (rows,)."""
    features = np.asarray(model[:-1].transform(rows), dtype=np.float64)
    return np.array([bool(flags) for flags in support_of(model).judge(*predictor_arrays(rows), features).flags], bool)


def flag_errors(predictions: pd.DataFrame) -> dict[str, Any]:
    """Mean errors of rows with a flag and of rows without, and by how many times the first is larger.

    Of ``relative`` errors, to the predicted price, and in ``dollars``: where training rows are far, prices are low, and
    so are errors in dollars. Of either kind that has no row there is ``rows`` alone.
    """
    dollars = (predictions["actual"] - predictions["predicted"]).abs()
    errors = pd.DataFrame({"relative": dollars / predictions["predicted"], "dollars": dollars})
    flagged = predictions["flagged"].to_numpy(dtype=bool)
    found: dict[str, Any] = {}
    for name, of in (("flagged", flagged), ("unflagged", ~flagged)):
        found[name] = {"rows": int(of.sum()), **(errors[of].mean().to_dict() if of.any() else {})}
    if flagged.any() and not flagged.all():
        found["ratio"] = {kind: found["flagged"][kind] / found["unflagged"][kind] for kind in errors}
    return found


def training_km(model: Pipeline, rows: pd.DataFrame) -> NDArray[np.float64] | None:
    """Kilometres from each of ``rows`` to the last of the training rows around it; None of a model that lacks them."""
    surroundings = getattr(model[-1], "surroundings_", None)
    if surroundings is None:
        return None
    places = rows[[LONGITUDE.name, LATITUDE.name]].to_numpy(dtype=np.float64)
    return np.asarray(np.exp(surroundings.measure(places)[:, 1]))


def evaluate(
    predictions: pd.DataFrame,
    *,
    trivial_price: float,
    cap: float,
    price_bands: Sequence[float],
    coverage: float,
    resamples: int,
    resampled_rows: int,
    confidence: float,
    seed: int,
) -> dict[str, Any]:
    """The ten metrics of ``predictions`` (see ``predict_rows``), overall and of each segment.

    ``trivial_price`` is what the trivial model says of every row: the median price of the training rows. Prices at
    or above ``cap`` are capped in the census. ``price_bands`` are the edges in dollars of segments by actual price.

    ``overall``, ``uncapped``, ``baseline``, ``ocean_proximity.LABEL`` and ``price_band.LABEL`` hold ``rows`` and the
    metrics; ``support`` is that of ``flag_errors``; ``coverage`` holds shares of prices inside of their interval:
    ``aim``, ``overall``, by ocean proximity, the median width relative to the price, the mean width and the interval
    score in dollars; ``slices`` are those of ``slices.coverage_slices``; ``sampling_interval`` has ``low`` and ``high``
    of metrics overall and uncapped at ``confidence``.

    Raises:
        ValueError: if there are no rows, or a price is not finite.
    """
    uncapped = predictions[predictions["actual"] < cap]
    by_price = predictions.sort_values("actual", kind="stable")
    bands = bands_of(predictions["actual"], price_bands)
    trivial = predictions.assign(predicted=trivial_price)
    bootstrap = {"resamples": resamples, "rows": resampled_rows, "confidence": confidence, "seed": seed}
    wholes = {"overall": predictions} | ({"uncapped": uncapped} if len(uncapped) else {})
    return {
        **{name: measure(rows) for name, rows in wholes.items()},
        "baseline": measure(trivial),
        CATEGORICAL: {str(label): measure(rows) for label, rows in predictions.groupby(CATEGORICAL, sort=True)},
        "price_band": {
            str(label): measure(rows)
            for label, rows in by_price.groupby(bands_of(by_price["actual"], price_bands), sort=False)
        },
        "coverage": coverage_shares(predictions, coverage),
        **({"support": flag_errors(predictions)} if "flagged" in predictions else {}),
        "slices": coverage_slices(
            predictions,
            {CATEGORICAL: predictions[CATEGORICAL], "price_band": bands},
            coverage=coverage,
            confidence=confidence,
        ),
        "sampling_interval": {name: sampling_interval(rows, **bootstrap) for name, rows in wholes.items()},
    }


def measure(rows: pd.DataFrame) -> dict[str, float]:
    return {"rows": len(rows), **all_metrics(rows["actual"], rows["predicted"])}


def bands_of(prices: pd.Series[float], edges: Sequence[float]) -> pd.Series[Any]:
    """The band of each price by name, for example "100k to 200k"; a price on an edge is in the upper band."""
    names = [f"{edge / 1000:g}k" for edge in sorted(edges)]
    labels = [f"below {names[0]}", *(f"{low} to {high}" for low, high in pairwise(names))]
    places = np.searchsorted(sorted(edges), prices.to_numpy(), side="right")
    return pd.Series(np.array([*labels, f"{names[-1]} and above"], dtype=object)[places], index=prices.index)


def coverage_shares(predictions: pd.DataFrame, aim: float) -> dict[str, Any]:
    inside = predictions["actual"].between(predictions["lower"], predictions["upper"])
    width = (predictions["upper"] - predictions["lower"]) / predictions["predicted"]
    return {
        "aim": aim,
        "overall": float(inside.mean()),
        "median_relative_width": float(width.median()),
        "mean_width": float((predictions["upper"] - predictions["lower"]).mean()),
        "interval_score": interval_score(predictions["actual"], predictions["lower"], predictions["upper"], aim),
        CATEGORICAL: {
            str(label): float(share) for label, share in inside.groupby(predictions[CATEGORICAL]).mean().items()
        },
    }


def sampling_interval(predictions: pd.DataFrame, **bootstrap: Any) -> dict[str, Any]:
    intervals = bootstrap_intervals(predictions["actual"], predictions["predicted"], **bootstrap)
    return {name: {"low": low, "high": high} for name, (low, high) in intervals.items()}
