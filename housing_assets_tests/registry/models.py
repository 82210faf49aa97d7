"""Small models to register, and what is registered with them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from housing_assets.registry.package.manifest import sha256_of
from housing_assets.registry.registration import RegisteredReference, Registration, register
from housing_assets.trusted_types import model_bytes

if TYPE_CHECKING:
    import pandas as pd

    from housing_assets.registry.versions import ModelRegistry
    from housing_assets.storage.backends.blobs import Blobs


def rows() -> pd.DataFrame:
    import pandas as pd

    income = [1.5, 3.0, 4.5, 6.0, 8.0, 10.0]
    return pd.DataFrame({"median_income": income, "housing_median_age": [5.0, 50.0, 20.0, 35.0, 10.0, 1.0]})


def fitted(depth: int = 2) -> Any:
    """A tree: its type is one that skops does not trust by itself."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeRegressor

    prices = [80_000.0, 130_000.0, 190_000.0, 260_000.0, 410_000.0, 500_001.0]
    return make_pipeline(StandardScaler(), DecisionTreeRegressor(max_depth=depth, random_state=0)).fit(rows(), prices)


def registration(model: Any, **changes: Any) -> Registration:
    plain = Registration(
        digest=sha256_of(model_bytes(model)),
        data_fingerprint="d" * 64,
        input_example=rows().head(2),
        params={"depth": 2},
        metrics={"overall": {"rmse": 48_000.0}, "price_band": {"<100k": {"rmse": 9_000.0}}},
        figures={"residuals": b"\x89PNG"},
        description="# A tree",
        tags={"git_commit": "abc"},
        model_config={"training": {"depth": 2}},
        documents={"model_card.md": "# Model card"},
        dagster_run_id="dagster-run-1",
    )
    return dataclasses.replace(plain, **changes)


def registered(registry: ModelRegistry, depth: int = 2, blobs: Blobs | None = None) -> RegisteredReference:
    model = fitted(depth)
    return register(registry, model_bytes(model), registration(model), blobs)
