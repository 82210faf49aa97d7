"""The version in staging beside the one in production: in the shadow of it, and for a share of the callers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from housing_assets.serving.api.application import build_application
from housing_assets.serving.api.challenger import is_chosen
from housing_assets.serving.current_model import CurrentModel
from housing_assets.serving.log.log_files import day_at
from housing_assets.serving.log.logged_days import read_day
from housing_assets.settings import load_settings
from housing_assets_tests.serving.api.conftest import application_over, serving
from housing_assets_tests.serving.api.requests import instances
from housing_assets_tests.serving.published import flip_byte
from housing_assets_tests.serving.small_model import new_rows, small_model

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets_tests.serving.published import Published

ROWS = new_rows(12)
BODY = {"instances": instances(ROWS)}
CALLERS = [f"caller {number}".encode() for number in range(2_000)]


@pytest.fixture
def production(published: Published) -> Published:
    published.promote(1)
    return published


def test_in_the_shadow_it_prices_the_same_rows_and_nobody_sees_it(production: Published):
    with serving(application_over(production, shadow=True)) as client:
        answer = client.post("/api/v1/predict", json=BODY).json()
    rows = read_day(production.blobs, day_at(time.time())).rows
    assert answer["model"]["version"] == 1
    assert set(rows["other_version"]) == {2}
    expected = small_model("hist_gradient_boosting").predict(ROWS)
    np.testing.assert_allclose(rows["other_price"].to_numpy(), expected, rtol=1e-9)


def test_what_answers_is_no_shadow_of_itself(production: Published):
    production.promote(2)
    with serving(application_over(production, shadow=True)) as client:
        client.post("/api/v1/predict", json=BODY)
    assert read_day(production.blobs, day_at(time.time())).rows["other_price"].isna().all()


def test_all_callers_are_answered_by_it_where_the_share_is_one(production: Published):
    with serving(application_over(production, challenger_share=1.0)) as client:
        model = client.post("/api/v1/predict", json=BODY).json()["model"]
    assert (model["version"], model["alias"]) == (2, "staging")


def test_who_names_production_is_answered_by_it(production: Published):
    with serving(application_over(production, challenger_share=1.0)) as client:
        model = client.post("/api/v1/predict?model=production", json=BODY).json()["model"]
    assert (model["version"], model["alias"]) == (1, "production")


def test_nobody_waits_for_a_version_that_is_not_loaded_yet(production: Published):
    current, staging = (CurrentModel(production.source(), alias) for alias in ("production", "staging"))
    current.refresh()
    settings = load_settings({"serving": {"challenger_share": 1.0}}).serving
    with serving(build_application(current, settings, coverage=0.9, staging=staging)) as client:
        assert client.post("/api/v1/predict", json=BODY).json()["model"]["version"] == 1
    assert staging.checked == ""


def test_where_it_cannot_answer_production_does(production: Published):
    flip_byte(production.files(2) / "model.skops")
    flip_byte(production.weights(2))
    with serving(application_over(production, challenger_share=1.0)) as client:
        assert client.post("/api/v1/predict", json=BODY).json()["model"]["version"] == 1


def test_a_caller_always_gets_the_same_one(production: Published, tmp_path: Path):
    keys = [f"key-{number}" for number in range(8)]
    (tmp_path / "keys").write_text("\n".join(keys))
    with serving(application_over(production, tmp_path / "keys", challenger_share=0.5)) as client:
        asked = [
            [
                client.post("/api/v1/predict", json=BODY, headers={"X-API-Key": key}).json()["model"]["version"]
                for key in keys
            ]
            for _ in range(2)
        ]
    assert asked[0] == asked[1] == [2 if is_chosen(key.encode(), 0.5) else 1 for key in keys]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_so_many_callers_are_chosen_as_were_asked_for(share: float):
    assert np.mean([is_chosen(who, share) for who in CALLERS]) == pytest.approx(share, abs=0.04)


def test_who_is_chosen_stays_so_while_the_share_grows():
    chosen = [{who for who in CALLERS if is_chosen(who, share)} for share in (0.1, 0.2, 0.6)]
    assert chosen[0] < chosen[1] < chosen[2]
