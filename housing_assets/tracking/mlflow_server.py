"""Where MLflow keeps its runs and models: a SQLite file or a server, reached with limits on patience.

Three things go wrong without this module. Two processes that open a fresh SQLite file at once both migrate it, and one
of them fails half way: the first use holds a file lock. MLflow writes to ``./mlruns`` of whatever folder a command runs
in unless the experiment is told where its artifacts live: a SQLite file therefore needs ``artifact_location``. And
MLflow waits up to fourteen minutes for a server that does not answer: see ``request_limits``.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlflow import MlflowClient


class MlflowServer(dg.ConfigurableResource):  # type: ignore[type-arg]
    """An MLflow tracking server and registry, and the experiment of this project on it.

    ``artifact_location`` is a folder or a bucket's URI; None leaves the choice to a server. ``lock_file`` is a path on
    this machine. ``web_url`` is where a person reads the runs when ``tracking_uri`` is not itself an address.
    """

    tracking_uri: str
    experiment: str
    artifact_location: str | None
    lock_file: str
    web_url: str

    def client(self) -> MlflowClient:
        """A client whose database is ready.

        Raises:
            ValueError: a SQLite file without ``artifact_location``.
        """
        if self.tracking_uri.startswith("sqlite:") and not self.artifact_location:
            raise ValueError(f"{self.tracking_uri} needs artifact_location: MLflow would write ./mlruns instead")
        return _client(self.tracking_uri, self.lock_file)

    def experiment_id(self) -> str:
        """The project's experiment, made on first use by whichever process comes first."""
        client = self.client()
        found = client.get_experiment_by_name(self.experiment)
        if found is not None:
            return str(found.experiment_id)
        with file_lock(self.lock_file):
            found = client.get_experiment_by_name(self.experiment)
            return str(found.experiment_id if found else self._created(client))

    def run_url(self, experiment_id: str, run_id: str) -> str:
        return f"{self._web}/#/experiments/{experiment_id}/runs/{run_id}"

    def version_url(self, name: str, version: int) -> str:
        return f"{self._web}/#/models/{name}/versions/{version}"

    @property
    def _web(self) -> str:
        return self.tracking_uri.rstrip("/") if self.tracking_uri.startswith("http") else self.web_url

    def _created(self, client: MlflowClient) -> str:
        from mlflow.exceptions import MlflowException

        location = self.artifact_location
        if location is not None and "://" not in location:
            location = Path(location).absolute().as_uri()
        try:
            return str(client.create_experiment(self.experiment, artifact_location=location))
        except MlflowException:
            # Another machine, which our lock does not reach, made it between the look and the creation.
            found = client.get_experiment_by_name(self.experiment)
            if found is None:
                raise
            return str(found.experiment_id)


@cache
def _client(tracking_uri: str, lock_file: str) -> MlflowClient:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow import MlflowClient

    if tracking_uri.startswith("sqlite:///"):
        Path(tracking_uri.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    with file_lock(lock_file):
        client = MlflowClient(tracking_uri=tracking_uri, registry_uri=tracking_uri)
        client.search_registered_models(max_results=1)
    return client


@contextmanager
def file_lock(path: str) -> Iterator[None]:
    """Hold ``path`` against every other process of this machine; the kernel lets go when a process dies."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with Path(path).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def request_limits(*, timeout_seconds: int, retries: int) -> Iterator[None]:
    """Bound how long MLflow waits for a server. Environment variables are the only way it offers."""
    limits = {
        "MLFLOW_HTTP_REQUEST_TIMEOUT": str(timeout_seconds),
        "MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT": str(timeout_seconds),
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": str(retries),
        "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    }
    before = {name: os.environ.get(name) for name in limits}
    os.environ.update(limits)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
