from __future__ import annotations

from functools import partial

import pytest

from housing_assets.assets.models import sweep_engine
from housing_assets.domain.sweep.search_space import sweep_configuration
from housing_assets.domain.sweep.trials import run_trials
from housing_assets.settings import load_settings
from housing_assets.sweep_engines.wandb.sweep import WandbSweepError


def test_optuna_needs_no_key(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    settings = load_settings({"sweep": {"engine": "optuna"}})
    assert sweep_engine(settings.sweep, "ridge", settings.tracking) is run_trials


def test_wandb_without_a_key_names_the_way_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    settings = load_settings({"sweep": {"engine": "wandb"}})
    with pytest.raises(WandbSweepError, match=r"WANDB_API_KEY.*sweep\.engine: optuna"):
        sweep_engine(settings.sweep, "ridge", settings.tracking)


def test_wandb_gets_the_section_of_the_settings(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WANDB_API_KEY", "0" * 40)
    monkeypatch.delenv("WANDB_MODE", raising=False)
    settings = load_settings({"sweep": {"engine": "wandb"}})
    engine = sweep_engine(settings.sweep, "ridge", settings.tracking)
    assert isinstance(engine, partial)
    assert engine.keywords["configuration"] == sweep_configuration(settings.sweep, "ridge")
