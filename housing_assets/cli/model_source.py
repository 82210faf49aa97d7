"""The sources of models of the chosen profile, opened without Dagster and MLflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from housing_assets.serving.log.prediction_log import PredictionLog
    from housing_assets.serving.model_source import ModelSource
    from housing_assets.settings import Settings


def open_model_source(settings: Settings) -> ModelSource:
    """Over the store and the MLflow of the profile, and a folder of copies in its home. Nothing is contacted yet.

    Raises:
        ProfileError: a variable of the profile is missing.
    """
    from housing_assets.profiles import choose_profile
    from housing_assets.serving.model_source import ModelSource
    from housing_assets.settings.home import home

    profile = choose_profile()
    return ModelSource.opened(
        profile.open_blobs(),
        profile.tracking_uri(),
        home() / "serving",
        registry=settings.registry,
        serving=settings.serving,
    )


def open_prediction_log(source: ModelSource, settings: Settings) -> PredictionLog | None:
    """The log of answers in the store of ``source``; None where ``serving.log`` is off. Nothing is contacted yet."""
    from housing_assets.serving.log.prediction_log import PredictionLog

    if not settings.serving.log:
        return None
    return PredictionLog(source.store.blobs, settings.monitoring, with_inputs=settings.serving.log_inputs)
