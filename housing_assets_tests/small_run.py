"""The real lineage on few rows and few trees, so that a run of all of it takes seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.assets import STEPS
from housing_assets.definitions import build_definitions
from housing_assets.local_store import HousingLocalStore
from housing_assets.raw.raw_source import RawSource
from housing_assets.settings import merge_settings
from housing_assets.settings.pipeline_settings import BaseSettings, PipelineSettings
from housing_assets.storage.io_manager import StoreIOManager
from housing_assets.tracking.mlflow_server import MlflowServer
from housing_assets.tracking.tracker import Tracker

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from housing_assets.storage.store import Store

ASSETS = tuple(asset for step in STEPS for asset in step.assets)
ROWS = 1200
RAW_FILE = "raw.parquet"

SMALL: dict[str, Any] = {
    "raw": {"uri": RAW_FILE, "backoff_seconds": 0.01, "minimum_rows": 50},
    "split": {"method": "random"},
    "imputation": {"trees": 5, "iterations": 20},
    "clusters": {"maximum": 7, "restarts": 1},
    "features": {
        "neighbours": 5,
        "neighbour_prices": {"neighbour_counts": [5], "alike_km": [6], "regression_counts": [], "folds": 3},
    },
    "validation": {"folds": 2},
    "candidates": {
        "grid_rows": 400,
        "grids": {
            "decision_tree": {"max_depth": [4]},
            "ridge": {"alpha": [1, 10]},
            **dict.fromkeys(["gradient_boosting", "hist_gradient_boosting", "lasso", "random_forest", "blend"]),
        },
    },
    "sweep": {
        "count": 4,
        "batch": 2,
        "algorithm": "ridge",
        "finals": {"variants": {}},
    },
    "training": {
        "importance_rows": 50,
        "importance_repeats": 1,
        "iterations": 8,
        "rough_trees": 10,
        "regional": {"max_iter": 15},
    },
    "evaluation": {"resamples": 50},
    "gates": {
        "raw_housing": {"category_rows": 200},
        "candidate_models": {"beats_trivial": 1},
        "sweep_results": {"beats_trivial": 1},
        "model_evaluation": {
            "mae": 1e5,
            "rmse": 1e5,
            "r2": 0.3,
            "mape": 50,
            "smape": 50,
            "wmape": 50,
            "median_ape": 50,
            "within_5pct": 5,
            "within_10pct": 10,
            "within_15pct": 20,
            "beats_trivial": 1,
            "production_rows": {"warn": 40},
            "ocean_proximity": 3,
            "price_band": 5,
            "coverage_low": 0.8,
            "coverage_high": 1.2,
        },
    },
    "compute": {"workers": 1},
    "tracking": {"wandb": False},
}


@dataclass
class SmallRun:
    """The lineage at small settings in ``home``; ``overrides`` are laid over them.

    The settings, which fingerprints are made of, name the raw file from the working directory, so that a copy of
    ``home`` is as good as the original. Whoever runs this has ``home`` as the working directory.
    """

    home: Path
    overrides: dict[str, Any] = field(default_factory=dict)
    instance: dg.DagsterInstance = field(default_factory=dg.DagsterInstance.ephemeral)

    @property
    def raw_file(self) -> Path:
        return self.home / RAW_FILE

    def write(self, frame: pd.DataFrame) -> None:
        """Make ``frame`` the raw file."""
        self.home.mkdir(parents=True, exist_ok=True)
        frame.to_parquet(self.raw_file)

    @property
    def store_resource(self) -> Any:
        return HousingLocalStore(folder=str(self.home / "store"))

    @property
    def store(self) -> Store:
        return self.store_resource.open()

    def settings(self) -> PipelineSettings:
        return PipelineSettings(base=BaseSettings(profile=merge_settings(SMALL, self.overrides)))

    def resources(self) -> dict[str, Any]:
        server = MlflowServer.local(self.home)
        return {
            "store": self.store_resource,
            "io_manager": StoreIOManager(store=self.store_resource),
            "settings": self.settings(),
            "raw_source": RawSource(),
            "mlflow_server": server,
            "tracker": Tracker.below(self.home, server),
        }

    def definitions(self) -> dg.Definitions:
        return build_definitions("local", overrides=self.resources())

    def run(
        self, *selection: str, job: str = "", config: Mapping[str, Any] | None = None, fails: bool = False, **tags: str
    ) -> dict[str, bool]:
        """Materialize ``selection``, or everything; by asset that was materialized, whether its body ran.

        ``job`` is run instead of the job that every asset has; ``tags`` are those of the run.
        """
        definitions = self.definitions()
        chosen = definitions.resolve_job_def(job) if job else definitions.resolve_implicit_global_asset_job_def()
        self.result = chosen.execute_in_process(
            instance=self.instance,
            asset_selection=None if job else [dg.AssetKey(name) for name in selection or ASSETS],
            run_config=config,
            tags=tags,
            raise_on_error=False,
        )
        assert self.result.success is not fails
        events = self.result.get_asset_materialization_events()
        return {
            event.asset_key.to_user_string(): not event.materialization.metadata["reused"].value for event in events
        }

    def computed(self, *selection: str, **options: Any) -> list[str]:
        """Materialize, and list the assets whose bodies ran, in the order of the lineage."""
        ran = self.run(*selection, **options)
        return [asset for asset in ASSETS if ran.get(asset)]

    def failures(self) -> str:
        """What the failed steps of the last run said."""
        events = [event for event in self.result.all_events if event.is_step_failure]
        return "\n".join(str(event.step_failure_data.error_display_string) for event in events)

    def loaded(self, asset: str) -> Any:
        entry = self.store.current(asset)
        assert entry is not None
        return self.store.load(entry.stored)


def few_rows(count: int = ROWS, seed: int = 0) -> pd.DataFrame:
    from housing_assets_tests.carried import carried_rows

    return carried_rows(count, seed)
