"""The sources of models of the chosen profile, opened without Dagster and MLflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from housing_assets.serving.sources.model_source import ModelSource
    from housing_assets.settings import Settings


def open_model_source(settings: Settings) -> ModelSource:
    """Over the store and the MLflow of the profile, and a folder of copies in its home. Nothing is contacted yet.

    Raises:
        ProfileError: a variable of the profile is missing.
    """
    from housing_assets.profiles import choose_profile
    from housing_assets.serving.sources.model_source import ModelSource
    from housing_assets.settings.home import home

    profile = choose_profile()
    return ModelSource.opened(
        profile.open_blobs(),
        profile.tracking_uri(),
        home() / "serving",
        registry=settings.registry,
        serving=settings.serving,
    )
