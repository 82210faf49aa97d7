"""Where things live: one table of environments, chosen by ``HOUSING_PROFILE``.

``local`` needs no account and no key. ``containers`` is local but for Postgres and a server of MLflow. It and ``gcp``
need the variables that they list; all that are missing are reported at once, before any work starts.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from housing_assets.addresses import public_address
from housing_assets.errors import ExpectedError
from housing_assets.settings.home import home
from housing_assets.tracking.mlflow_requests import SQLITE, credentials_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from housing_assets.raw.inbox import Inbox
    from housing_assets.storage.backends.blobs import Blobs
    from housing_assets.storage.io_manager import StoreResource
    from housing_assets.tracking.mlflow_server import MlflowServer

PROFILE_VARIABLE = "HOUSING_PROFILE"
PUBLISHED_ARCHIVE = "https://raw.githubusercontent.com/ageron/handson-ml2/master/datasets/housing/housing.tgz"


class ProfileError(ExpectedError, ValueError):
    """What is missing before the profile can work."""


@dataclass(frozen=True)
class Variable:
    """An environment variable: what it is, and how to get it."""

    name: str
    meaning: str
    source: str
    default: str | None = None

    @property
    def value(self) -> str | None:
        return os.environ.get(self.name) or self.default

    def required(self) -> str:
        if self.value is None:
            raise ProfileError(f"{self.name} is not set")
        return self.value


BUCKET = Variable("GCS_BUCKET_NAME", "bucket of the store, without gs://", "gcloud storage buckets create gs://NAME")
PREFIX = Variable("HOUSING_PREFIX", "folder of the store in the bucket", "any name", default="housing")
PROJECT = Variable("GOOGLE_CLOUD_PROJECT", "project that the bucket belongs to", "gcloud projects list")
MLFLOW = Variable("MLFLOW_TRACKING_URI", "address of the MLflow server", "mlflow server, or your platform team")
WANDB = Variable("WANDB_API_KEY", "key of Weights & Biases", "wandb.ai/authorize")
POSTGRES = Variable("DAGSTER_POSTGRES_URL", "database of Dagster's history", "postgresql://user:password@host/name")


@dataclass(frozen=True)
class Profile:
    """An environment: its variables, what it sets over ``pipeline.yaml``, and its resources.

    ``open_blobs`` and ``tracking_uri`` give the place of its store and the address of its MLflow to who has neither
    Dagster nor MLflow. Nothing is contacted by them.
    """

    name: str
    variables: tuple[Variable, ...]
    settings: Mapping[str, Any]
    build: Callable[[], dict[str, Any]]
    open_blobs: Callable[[], Blobs]
    tracking_uri: Callable[[], str]

    def check(self) -> None:
        """Raise ``ProfileError`` with every variable that is missing, its meaning and how to get it."""
        missing = [variable for variable in self.variables if variable.value is None]
        if missing:
            lines = [f"  {variable.name}: {variable.meaning} ({variable.source})" for variable in missing]
            names = "\n".join(lines)
            raise ProfileError(
                f"profile {self.name} lacks {len(missing)} variable(s):\n{names}\n"
                "Set them in the environment or in .env (see .env.example), then run: housing doctor"
            )

    def resources(self) -> dict[str, Any]:
        """Resources by key. Nothing is opened or contacted yet.

        Raises:
            ProfileError: when variables are missing.
        """
        from housing_assets.settings.pipeline_settings import BaseSettings, PipelineSettings

        self.check()
        return {"settings": PipelineSettings(base=BaseSettings(profile=dict(self.settings))), **self.build()}


def _local() -> dict[str, Any]:
    from housing_assets.tracking.mlflow_server import MlflowServer

    return _on_this_disk(MlflowServer.local(home()))


def _containers() -> dict[str, Any]:
    from housing_assets.tracking.mlflow_server import MlflowServer

    return _on_this_disk(MlflowServer.remote(MLFLOW.required(), home()))


def _on_this_disk(server: MlflowServer) -> dict[str, Any]:
    from housing_assets.local_store import HousingLocalStore
    from housing_assets.raw.inbox import LocalInbox

    inbox = LocalInbox(folder=os.environ.get("HOUSING_INBOX") or str(home() / "inbox"))
    to_price = LocalInbox(folder=os.environ.get("HOUSING_TO_PRICE") or str(home() / "to_price"))
    outcomes = LocalInbox(folder=os.environ.get("HOUSING_OUTCOMES") or str(home() / "outcomes"))
    store = HousingLocalStore(folder=str(home() / "store"))
    return _resources(store, server, inbox, to_price, outcomes)


def _local_blobs() -> Blobs:
    from housing_assets.storage.backends.local_blobs import LocalBlobs

    return LocalBlobs(home() / "store")


def _local_tracking_uri() -> str:
    return f"{SQLITE}{home() / 'mlflow.db'}"


def _gcp() -> dict[str, Any]:
    from dagster_gcp import GCSResource

    from housing_assets.bucket_store import HousingBucketStore
    from housing_assets.raw.gcs_inbox import GcsInbox
    from housing_assets.tracking.mlflow_server import MlflowServer

    client = GCSResource(project=PROJECT.required())
    store = HousingBucketStore(bucket=BUCKET.required(), prefix=PREFIX.required(), gcs=client)
    inbox = GcsInbox(bucket=BUCKET.required(), prefix=PREFIX.required(), gcs=client)
    to_price = GcsInbox(bucket=BUCKET.required(), prefix=PREFIX.required(), folder="to_price", gcs=client)
    outcomes = GcsInbox(bucket=BUCKET.required(), prefix=PREFIX.required(), folder="outcomes_inbox", gcs=client)
    return _resources(store, MlflowServer.remote(MLFLOW.required(), home()), inbox, to_price, outcomes)


def _gcs_blobs() -> Blobs:
    from google.cloud.storage import Client

    from housing_assets.storage.backends.gcs_blobs import RETRY_SECONDS, GcsBlobs

    return GcsBlobs(Client(project=PROJECT.required()), BUCKET.required(), PREFIX.required(), RETRY_SECONDS)


def _remote_tracking_uri() -> str:
    """Without user and password, which move into the variables that are read when MLflow is asked; empty if unset."""
    uri = MLFLOW.value or ""
    os.environ.update(credentials_of(uri))
    return public_address(uri).rstrip("/")


def _resources(
    store: StoreResource, server: MlflowServer, inbox: Inbox, to_price: Inbox, outcomes: Inbox
) -> dict[str, Any]:
    from housing_assets.batches.production_model import ProductionModel
    from housing_assets.raw.raw_source import RawSource
    from housing_assets.storage.io_manager import StoreIOManager
    from housing_assets.tracking.tracker import Tracker

    return {
        "store": store,
        "io_manager": StoreIOManager(store=store),
        "raw_source": RawSource(project=PROJECT.value),
        "mlflow_server": server,
        "tracker": Tracker.below(home(), server),
        "inbox": inbox,
        "to_price": to_price,
        "outcomes": outcomes,
        "production_model": ProductionModel(
            store=store, tracking_uri=server.tracking_uri, copies=str(home() / "serving")
        ),
    }


PROFILES = {
    "local": Profile("local", (), {}, _local, _local_blobs, _local_tracking_uri),
    "containers": Profile("containers", (MLFLOW, POSTGRES), {}, _containers, _local_blobs, _remote_tracking_uri),
    "gcp": Profile(
        "gcp",
        (BUCKET, PREFIX, PROJECT, MLFLOW, WANDB, POSTGRES),
        {"raw": {"uri": PUBLISHED_ARCHIVE}},
        _gcp,
        _gcs_blobs,
        _remote_tracking_uri,
    ),
}


def choose_profile(name: str | None = None) -> Profile:
    """The profile by that name, or by ``HOUSING_PROFILE``, or ``local``.

    Raises:
        ProfileError: if there is none by that name.
    """
    wanted = name or os.environ.get(PROFILE_VARIABLE) or "local"
    if wanted not in PROFILES:
        raise ProfileError(f"{PROFILE_VARIABLE}={wanted} is no profile: choose {', '.join(PROFILES)}")
    return PROFILES[wanted]
