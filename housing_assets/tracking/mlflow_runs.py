"""MLflow runs: a parent for the Dagster run and below it a child for each asset that was computed.

Runs are addressed by their id through ``MlflowClient``, never through MLflow's active-run stack: on that stack a failed
step leaves its run active, and the next job of the process logs into it.

Nobody tells a library in the middle of a run that the run is over, so the parent's status is derived: a child that
starts sets it to RUNNING, a child that ends while none is running sets it to FAILED or FINISHED. With retries, the last
attempt of an asset counts.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housing_assets.tracking.flat_measurements import leaves, numbers, texts
from housing_assets.tracking.mlflow_requests import request_limits
from housing_assets.tracking.mlflow_server import file_lock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from mlflow import MlflowClient

    from housing_assets.settings.operations import TrackingSettings
    from housing_assets.tracking.mlflow_server import MlflowServer

RUN_TAG = "dagster.run_id"
ASSET_TAG = "dagster.asset_key"
URL_TAG = "dagster.url"
KIND_TAG = "housing.kind"
PARENT_TAG = "mlflow.parentRunId"
LONGEST_TEXT = 5000


@dataclass(frozen=True)
class MlflowTracking:
    """Makes and ends MLflow runs."""

    server: MlflowServer
    settings: TrackingSettings

    @property
    def name(self) -> str:
        return f"MLflow at {self.server.tracking_uri}"

    def start(self, run_id: str, asset: str) -> MlflowRun:
        """Open the child of ``asset`` below the parent of the Dagster run ``run_id``.

        Raises:
            Exception: whatever MLflow raises when it cannot be reached or refuses.
        """
        with self._limits():
            client = self.server.client()
            experiment_id = self.server.experiment_id(self.settings.experiment)
            parent = self._parent(client, experiment_id, run_id)
            url = f"{self.settings.dagster_url}/assets/{asset}"
            note = f"Asset [{asset}]({url}) of [Dagster run {run_id}]({self._run_url(run_id)})."
            tags = {KIND_TAG: "asset", ASSET_TAG: asset, PARENT_TAG: parent, **tags_of(run_id, url, note)}
            child = client.create_run(experiment_id, run_name=asset, tags=tags).info.run_id
            client.update_run(parent, status="RUNNING")
        return MlflowRun(self, client, experiment_id, parent, child)

    def _run_url(self, run_id: str) -> str:
        return f"{self.settings.dagster_url}/runs/{run_id}"

    def _limits(self) -> AbstractContextManager[None]:
        return request_limits(timeout_seconds=self.settings.timeout_seconds, retries=self.settings.retries)

    def _parent(self, client: MlflowClient, experiment_id: str, run_id: str) -> str:
        found = self._found_parent(client, experiment_id, run_id)
        if found is not None:
            return found
        # Under the multiprocess executor two steps get here at once, and MLflow has no unique tag.
        with file_lock(self.server.lock_file):
            found = self._found_parent(client, experiment_id, run_id)
            if found is not None:
                return found
            url = self._run_url(run_id)
            note = f"[Dagster run {run_id}]({url}); below it a run for each asset that was computed."
            tags = {KIND_TAG: "run", **tags_of(run_id, url, note)}
            created = client.create_run(experiment_id, run_name=f"run {run_id[:8]}", tags=tags)
            return str(created.info.run_id)

    @staticmethod
    def _found_parent(client: MlflowClient, experiment_id: str, run_id: str) -> str | None:
        query = f"tags.`{RUN_TAG}` = '{run_id}' and tags.`{KIND_TAG}` = 'run'"
        found = client.search_runs([experiment_id], query, order_by=["attributes.start_time ASC"], max_results=1)
        return str(found[0].info.run_id) if found else None


@dataclass(frozen=True)
class MlflowRun:
    """One asset's child run, open until ``end``."""

    tracking: MlflowTracking
    client: MlflowClient
    experiment_id: str
    parent: str
    child: str

    def log(self, params: Mapping[str, Any], metrics: Mapping[str, Any], figures: Mapping[str, bytes]) -> None:
        """Log settings as parameters, numeric leaves as metrics, text leaves as tags, figures as PNG files."""
        with self.tracking._limits():
            log_values(self.client, self.child, params, metrics)
            log_figures(self.client, self.child, figures)

    def links(self) -> dict[str, str]:
        web = self.tracking.server.web_url(self.tracking.settings.mlflow_url)
        return {
            "mlflow_run_id": self.child,
            "mlflow_parent_run_id": self.parent,
            "mlflow_experiment_id": self.experiment_id,
            "mlflow_url": f"{web}/#/experiments/{self.experiment_id}/runs/{self.child}",
        }

    def end(self, *, succeeded: bool) -> None:
        with self.tracking._limits():
            self.client.set_terminated(self.child, "FINISHED" if succeeded else "FAILED")
            statuses = self._last_statuses()
            if "RUNNING" not in statuses:
                self.client.set_terminated(self.parent, "FAILED" if "FAILED" in statuses else "FINISHED")

    def _last_statuses(self) -> set[str]:
        query = f"tags.`{PARENT_TAG}` = '{self.parent}'"
        runs = self.client.search_runs([self.experiment_id], query, order_by=["attributes.start_time ASC"])
        return set({run.data.tags.get(ASSET_TAG): run.info.status for run in runs}.values())


def tags_of(run_id: str, url: str, note: str) -> dict[str, str]:
    """What every MLflow run says of Dagster: the run, a link, and a sentence for MLflow's description pane."""
    return {RUN_TAG: run_id, URL_TAG: url, "mlflow.note.content": note}


def log_values(
    client: MlflowClient,
    run_id: str,
    params: Mapping[str, Any],
    metrics: Mapping[str, Any],
    model_id: str | None = None,
) -> None:
    """Log ``params`` and the leaves of ``metrics`` in as few calls as MLflow allows, because each is a commit.

    One call takes 100 parameters, 100 tags and 1,000 entities altogether. ``model_id`` is the MLflow model, if any,
    that the metrics are about.
    """
    from mlflow.entities import Metric, Param, RunTag

    now = int(time.time() * 1000)
    all_params = [Param(name, str(value)[:LONGEST_TEXT]) for name, value in leaves(params).items()]
    all_tags = [RunTag(name, value[:LONGEST_TEXT]) for name, value in texts(metrics).items()]
    all_metrics = [Metric(name, value, now, 0, model_id=model_id) for name, value in numbers(metrics).items()]
    while all_params or all_tags or all_metrics:
        client.log_batch(run_id, params=all_params[:100], tags=all_tags[:100], metrics=all_metrics[:800])
        all_params, all_tags, all_metrics = all_params[100:], all_tags[100:], all_metrics[800:]


def log_figures(client: MlflowClient, run_id: str, figures: Mapping[str, bytes]) -> None:
    """Log PNG files below ``figures/``; a name may hold folders."""
    if not figures:
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, png in figures.items():
            path = Path(folder, f"{name}.png")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(png)
        client.log_artifacts(run_id, folder, "figures")
