"""Where MLflow keeps its runs and models: a SQLite file or a server, reached with limits on patience.

Three things go wrong without this module. Two processes that open a fresh SQLite file at once both migrate it, and one
of them fails half way: the first use holds a file lock. MLflow writes to ``./mlruns`` of whatever folder a command runs
in unless the experiment is told where its artifacts live: a SQLite file therefore needs ``artifact_location``. And
MLflow waits up to fourteen minutes for a server that does not answer: see ``mlflow_requests.request_limits``.
"""

from __future__ import annotations

import fcntl
import logging
import os
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from housing_assets.addresses import public_address
from housing_assets.errors import ExpectedError
from housing_assets.tracking.mlflow_database import ARTIFACTS, prepare
from housing_assets.tracking.mlflow_requests import SQLITE, credentials_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlflow import MlflowClient

WEB_VARIABLE = "HOUSING_MLFLOW_WEB_URL"


class SecretAddressError(ExpectedError, ValueError):
    """An address from which a secret cannot be taken away."""


class MlflowServer(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where MLflow is. Nothing is opened or contacted before a method is called.

    ``artifact_location`` is a folder or a bucket's URI; None leaves the choice to a server. ``lock_file`` is a path on
    this machine.
    """

    tracking_uri: str
    artifact_location: str | None
    lock_file: str

    @classmethod
    def local(cls, home: Path) -> MlflowServer:
        """A SQLite file and a folder of artifacts below ``home``."""
        return cls(
            tracking_uri=f"sqlite:///{home.absolute() / 'mlflow.db'}",
            artifact_location=str(home.absolute() / ARTIFACTS),
            lock_file=str(home.absolute() / "mlflow.lock"),
        )

    @classmethod
    def remote(cls, tracking_uri: str, home: Path) -> MlflowServer:
        """A server, which decides where its artifacts are.

        User and password move into the variables from which MLflow reads them: MLflow quotes its address in messages,
        and Dagster keeps the configuration of a resource with every run.

        Raises:
            SecretAddressError: a user or password in an address that is not of a web server.
        """
        address = public_address(tracking_uri)
        if address != tracking_uri and not tracking_uri.startswith(("http://", "https://")):
            raise SecretAddressError(
                f"MLFLOW_TRACKING_URI has a user, a password or a query that would be shown with {address}: start "
                "`housing mlflow` on it, and give the address of that server"
            )
        os.environ.update(credentials_of(tracking_uri))
        return cls(
            tracking_uri=address.rstrip("/"),
            artifact_location=None,
            lock_file=str(home.absolute() / "mlflow.lock"),
        )

    def client(self) -> MlflowClient:
        """A client whose database is ready.

        Raises:
            ValueError: a SQLite file without ``artifact_location``.
            MlflowDatabaseError: a SQLite file that cannot be used.
        """
        if self.tracking_uri.startswith(SQLITE) and not self.artifact_location:
            raise ValueError(f"{self.tracking_uri} needs artifact_location: MLflow would write ./mlruns instead")
        return _client(self.tracking_uri, self.lock_file)

    def experiment_id(self, name: str) -> str:
        """The experiment of that name, made on first use by whichever process comes first."""
        client = self.client()
        found = client.get_experiment_by_name(name)
        if found is not None and found.lifecycle_stage == "deleted":
            client.restore_experiment(found.experiment_id)
            logging.getLogger(__name__).warning("the experiment %s was deleted in MLflow: it is restored", name)
        if found is not None:
            return str(found.experiment_id)
        with file_lock(self.lock_file):
            found = client.get_experiment_by_name(name)
            return str(found.experiment_id if found else self._created(client, name))

    def web_url(self, local: str) -> str:
        """Where a person reads the runs: the server itself, or ``local`` where MLflow is only a file.

        A browser need not know the name by which containers reach the server: ``HOUSING_MLFLOW_WEB_URL`` then wins.
        """
        known = os.environ.get(WEB_VARIABLE)
        return known or (self.tracking_uri if self.tracking_uri.startswith("http") else local)

    def _created(self, client: MlflowClient, name: str) -> str:
        from mlflow.exceptions import MlflowException

        location = self.artifact_location
        if location is not None and "://" not in location:
            location = Path(location).absolute().as_uri()
        try:
            return str(client.create_experiment(name, artifact_location=location))
        except MlflowException:
            # Another machine, which our lock does not reach, made it between the look and the creation.
            found = client.get_experiment_by_name(name)
            if found is None:
                raise
            return str(found.experiment_id)


@cache
def _client(tracking_uri: str, lock_file: str) -> MlflowClient:
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")  # migrations and waiting are no news
    from mlflow import MlflowClient

    if tracking_uri.startswith(SQLITE):
        Path(tracking_uri.removeprefix(SQLITE)).parent.mkdir(parents=True, exist_ok=True)
    with file_lock(lock_file):
        if tracking_uri.startswith(SQLITE):
            prepare(Path(tracking_uri.removeprefix(SQLITE)))
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
