"""Answers of a model that need no model."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from housing_assets.domain.schema import PREDICTORS
from housing_assets.serving.log.answers import Answer, Priced, request_id
from housing_assets.serving.log.prediction_log import PredictionLog
from housing_assets.serving.served_model import ServedModel
from housing_assets.serving.sources.model_references import ModelReference
from housing_assets.settings import load_settings
from housing_assets_tests.generator import generate

if TYPE_CHECKING:
    from housing_assets.storage.backends.blobs import Blobs

VERSION_ONE = ServedModel(
    cast("Any", None), ModelReference("prices", 1, "1" * 64, "production"), "store", {}, (), (), ""
)


def priced(rows: pd.DataFrame, price: float = 200_000.0) -> Priced:
    prices = pd.DataFrame(
        {"price": price, "lower": 0.8 * price, "upper": 1.2 * price, "flags": [[] for _ in range(len(rows))]},
        index=rows.index,
    )
    return Priced(VERSION_ONE, rows, prices, 0.9)


def answer(count: int = 1, *, moment: float | None = None, seed: int = 0) -> Answer:
    """Of ``count`` generated rows."""
    rows = generate(count, seed=seed)[list(PREDICTORS)]
    asked = time.time() if moment is None else moment
    return Answer(request_id(asked), "/api/v1/predict", asked, 0.004, priced=priced(rows))


def log_to(blobs: Blobs, **changes: Any) -> PredictionLog:
    """With settings of ``serving`` changed."""
    return PredictionLog(blobs, load_settings({"serving": changes}).serving)
