from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.settings.pipeline_settings import BaseSettings, PipelineSettings

if TYPE_CHECKING:
    import pytest


def seen_by_a_run(settings: PipelineSettings, overrides: dict[str, Any] | None) -> Any:
    """What a run loads, with its own overrides or without any run configuration."""
    loaded = []

    @dg.op(required_resource_keys={"settings"})
    def read(context) -> None:  # noqa: ANN001  Dagster takes no text for its type
        loaded.append(context.resources.settings.load())

    @dg.job(resource_defs={"settings": settings})
    def job() -> None:
        read()

    config = {"resources": {"settings": {"config": {"overrides": overrides}}}} if overrides else {}
    job.execute_in_process(run_config=config)
    return loaded[0]


def of_profile(**profile: Any) -> PipelineSettings:
    return PipelineSettings(base=BaseSettings(profile=profile))


def test_a_run_without_configuration_has_the_settings_of_the_profile():
    assert seen_by_a_run(of_profile(split={"seed": 7}), None).split.seed == 7


def test_a_run_that_overrides_a_setting_keeps_the_others_of_the_profile():
    assert seen_by_a_run(of_profile(split={"seed": 7}), {"sweep": {"count": 3}}).split.seed == 7


def test_a_run_overrides_the_profile():
    assert seen_by_a_run(of_profile(split={"seed": 7}), {"split": {"seed": 8}}).split.seed == 8


def test_the_environment_names_the_raw_file(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_RAW_URI", "there.csv")
    assert of_profile(raw={"uri": "here.csv"}).load().raw.uri == "there.csv"


def test_a_run_overrides_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_RAW_URI", "there.csv")
    assert PipelineSettings(base=BaseSettings(), overrides={"raw": {"uri": "run.csv"}}).load().raw.uri == "run.csv"


def test_links_lead_to_the_ports_of_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_UI_PORT", "3001")
    monkeypatch.setenv("HOUSING_MLFLOW_PORT", "5001")
    tracking = of_profile().load().tracking
    assert (tracking.dagster_url, tracking.mlflow_url) == ("http://127.0.0.1:3001", "http://127.0.0.1:5001")


def test_links_to_another_machine_keep_their_port(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_UI_PORT", "3001")
    settings = of_profile(tracking={"dagster_url": "https://dagster.example:8443"})
    assert settings.load().tracking.dagster_url == "https://dagster.example:8443"
