"""Weights & Biases runs: through dagster-wandb where there is a key, offline files where there is none.

Offline runs need no account and open no connection; ``wandb sync FOLDER`` sends them later. A key is read from
``WANDB_API_KEY`` alone: the library would otherwise ask for one at the terminal.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.tracking.flat_measurements import leaves, numbers, texts
from housing_assets.tracking.wandb_settings import DISCREET, KEY_VARIABLE, online

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.settings.operations import TrackingSettings


@dataclass(frozen=True)
class WandbTracking:
    """Makes a W&B run for each asset, grouped by Dagster run; offline runs are files below ``folder``."""

    folder: Path
    settings: TrackingSettings

    @property
    def name(self) -> str:
        return "Weights & Biases"

    def start(self, run_id: str, asset: str) -> WandbRun:
        """Open the run of ``asset``.

        Raises:
            Exception: whatever W&B raises when it cannot be reached or refuses the key.
        """
        sdk = self._sdk()
        folder = self.folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        run = sdk.init(
            project=self.settings.wandb_project,
            entity=self.settings.wandb_entity,
            dir=str(folder),
            mode="online" if online() else "offline",
            group=run_id,
            name=asset,
            job_type="asset",
            notes=f"{self.settings.dagster_url}/runs/{run_id}",
            config={"dagster.run_id": run_id, "dagster.asset_key": asset},
            reinit="create_new",
            settings=self._run_settings(sdk),
        )
        return WandbRun(sdk, run, folder)

    def _sdk(self) -> Any:
        os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
        os.environ.setdefault("WANDB_SILENT", "true")
        if not online():
            import wandb

            return wandb
        from dagster_wandb import wandb_resource

        config: dict[str, Any] = {"api_key": {"env": KEY_VARIABLE}}
        if host := os.environ.get("WANDB_BASE_URL"):
            config["host"] = host
        return wandb_resource(dg.build_init_resource_context(config=config))["sdk"]

    def _run_settings(self, sdk: Any) -> Any:
        return sdk.Settings(
            **DISCREET,
            init_timeout=self.settings.timeout_seconds,
            finish_timeout=self.settings.timeout_seconds,
            x_graphql_retry_max=self.settings.retries,
            x_graphql_timeout_seconds=self.settings.timeout_seconds,
        )


@dataclass(frozen=True)
class WandbRun:
    """One asset's run, open until ``end``; an offline one is called by its path below ``folder``."""

    sdk: Any
    run: Any
    folder: Path

    def log(self, params: Mapping[str, Any], metrics: Mapping[str, Any], figures: Mapping[str, bytes]) -> None:
        """Settings into the run's configuration, measurements into its summary, figures as images."""
        self.run.config.update(leaves(params))
        self.run.summary.update({**texts(metrics), **numbers(metrics)})
        if figures:
            self.run.log({f"figures/{name}": self._image(png) for name, png in figures.items()})

    def links(self) -> dict[str, str]:
        if self.run.settings.mode == "online":
            return {"wandb_url": str(self.run.url)}
        return {"wandb_offline_run": Path(self.run.dir).parent.relative_to(self.folder).as_posix()}

    def end(self, *, succeeded: bool) -> None:
        self.run.finish(exit_code=0 if succeeded else 1)

    def _image(self, png: bytes) -> Any:
        import io

        from PIL import Image

        return self.sdk.Image(Image.open(io.BytesIO(png)))
