"""The public path of stored classes, and archives that were written before there was one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from housing_assets import estimators
from housing_assets.domain.schema import CATEGORICAL, PREDICTORS
from housing_assets.trusted_types import OURS, model, model_bytes

EARLIER = Path(__file__).parent / "earlier"
ARCHIVES = ("ratio", "knn")


def example(name: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Rows, and what the code that wrote the archive predicted for them."""
    content = json.loads((EARLIER / f"{name}.json").read_text())
    rows = pd.DataFrame(content["rows"]["data"], columns=content["rows"]["columns"])[list(PREDICTORS)]
    return rows.astype({name: "float64" for name in PREDICTORS if name != CATEGORICAL}), content


def test_every_trusted_class_has_its_public_path():
    assert {f"{estimators.__name__}.{name}" for name in estimators.__all__} == OURS


@pytest.mark.parametrize("name", estimators.__all__)
def test_a_class_names_its_public_module(name: str):
    assert getattr(estimators, name).__module__ == estimators.__name__


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_of_the_earlier_layout_predicts_as_it_did(name: str):
    rows, recorded = example(name)
    loaded = model((EARLIER / f"{name}.skops").read_bytes())
    np.testing.assert_allclose(loaded.predict(rows), recorded["prices"], rtol=1e-9)


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_of_the_earlier_layout_gives_the_intervals_it_gave(name: str):
    rows, recorded = example(name)
    loaded = model((EARLIER / f"{name}.skops").read_bytes())
    features = loaded[:-1].transform(rows)
    np.testing.assert_allclose(loaded[-1].predict_interval(features, 0.9), recorded["intervals"], rtol=1e-9)


def test_the_earlier_archives_hold_every_class_that_moved():
    contents = b"".join((EARLIER / f"{name}.skops").read_bytes() for name in ARCHIVES)
    later = {"AdaptiveRegressor", "Spread", "Surroundings"}
    assert all(name.encode() in contents for name in set(estimators.__all__) - later)


def test_a_loaded_archive_is_written_with_public_paths():
    rewritten = model_bytes(model((EARLIER / "knn.skops").read_bytes()))
    assert b"housing_assets.domain" not in rewritten
