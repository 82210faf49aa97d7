"""Two small models in a store and in MLflow, to be promoted, damaged and served."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.domain.gates.verdicts import Verdict
from housing_assets.registry.production.ledger import Ledger
from housing_assets.registry.production.promotion import promote, rollback
from housing_assets.registry.production.release_record import CARD_FILE, EVALUATION_FILE, evaluation_json
from housing_assets.registry.production.releases import Releases
from housing_assets.registry.registration import Registration, register
from housing_assets.registry.versions import ModelRegistry
from housing_assets.serving.sources.model_source import ModelSource
from housing_assets.settings import load_settings
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.entry import Entry
from housing_assets.storage.names import partition_name
from housing_assets.storage.store import Store
from housing_assets.tracking.mlflow_requests import SQLITE
from housing_assets.tracking.mlflow_server import MlflowServer, file_lock
from housing_assets.trusted_types import model_bytes
from housing_assets_tests.finished_run import moved
from housing_assets_tests.serving.small_model import new_rows, small_model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from housing_assets.registry.production.ledger import LedgerEntry
    from housing_assets.registry.versions import RegisteredVersion
    from housing_assets_tests.mlflow_server import FirstUsers

ALGORITHMS = ("blend", "hist_gradient_boosting")
PASSED = Verdict("wmape", True, True, 11.2, 14.5, "maximum", None, "fine")


def open_gate(_: RegisteredVersion) -> Sequence[Verdict]:
    return [PASSED]


@dataclass(frozen=True)
class Published:
    """Versions 1 and 2, of ``ALGORITHMS``, in ``home``; nothing is in production yet."""

    home: Path

    @property
    def blobs(self) -> LocalBlobs:
        return LocalBlobs(self.home / "store")

    @property
    def uri(self) -> str:
        return f"{SQLITE}{self.home / 'mlflow.db'}"

    @property
    def copies(self) -> Path:
        return self.home / "serving"

    @cached_property
    def registry(self) -> ModelRegistry:
        settings = load_settings()
        return ModelRegistry(MlflowServer.local(self.home), settings.registry, "housing", settings.tracking.mlflow_url)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.blobs, self.registry.model_name)

    @property
    def releases(self) -> Releases:
        return Releases(Store(self.blobs), load_settings().gates, self.registry, self.ledger)

    def promote(self, version: int) -> LedgerEntry:
        prepare = self.releases.describe
        return promote(self.registry, self.ledger, version, gate=open_gate, who="ada", why="better", prepare=prepare)

    def rollback(self) -> LedgerEntry:
        return rollback(self.registry, self.ledger, who="ada", why="worse", prepare=self.releases.describe)

    def source(self, uri: str = "") -> ModelSource:
        settings = load_settings()
        return ModelSource.opened(
            self.blobs, uri or self.uri, self.copies, registry=settings.registry, serving=settings.serving
        )

    def weights(self, version: int) -> Path:
        """The object of a version in the store."""
        return self.home / "store" / "objects" / "trained_model" / f"{digest(version)}.skops"

    def files(self, version: int) -> Path:
        """The folder of a version in MLflow."""
        return next(
            file.parent
            for file in self.home.glob("mlartifacts/**/MLmodel")
            if digest(version) in str([hashlib.sha256((file.parent / "model.skops").read_bytes()).hexdigest()])
        )


@cache
def content(version: int) -> bytes:
    return model_bytes(small_model(ALGORITHMS[version - 1]))


def digest(version: int) -> str:
    return hashlib.sha256(content(version)).hexdigest()


def flip_byte(path: Path) -> None:
    """Change one byte in the middle of a file."""
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(bytes(damaged))


@cache
def template(folder: Path, database: Path) -> Path:
    """Once a session, whichever of its processes comes first."""
    home = folder / "published"
    with file_lock(str(folder / "published.lock")):
        if not (home / "complete").exists():
            shutil.rmtree(home, ignore_errors=True)
            build(home, database)
            (home / "complete").touch()
    return home


def build(home: Path, database: Path) -> None:
    home.mkdir()
    shutil.copy(database, home / "mlflow.db")
    published = Published(home)
    for version, algorithm in enumerate(ALGORITHMS, 1):
        published.weights(version).parent.mkdir(parents=True, exist_ok=True)
        published.weights(version).write_bytes(content(version))
        register(published.registry, content(version), registration(version, algorithm))


def registration(version: int, algorithm: str) -> Registration:
    return Registration(
        digest=digest(version),
        data_fingerprint=f"{version}" * 64,
        input_example=new_rows(12),
        params={"algorithm": algorithm},
        metrics={"overall": {"rmse": 48_000.0}},
        figures={},
        description=f"# {algorithm}",
        tags={"git_commit": "abc"},
        model_config={},
        documents={CARD_FILE: f"# Model card: {algorithm}", EVALUATION_FILE: evaluation_json(evaluation(version))},
        dagster_run_id="run",
    )


def evaluation(version: int) -> dict[str, Any]:
    """As an evaluation would have it: a later version is better."""
    overall = {"rows": 100, "wmape": 12.0 - version, "rmse": 48_000.0 - version, "within_10pct": 50.0 + version}
    return {"overall": overall, "sampling_interval": {}, "coverage": {"nominal": 0.9, "overall": 0.91}}


def judged(published: Published, day: str, *, rows: int = 7) -> None:
    """Let realised prices have been judged on a day; without rows none came."""
    store, name = Store(published.blobs), partition_name("live_performance", day)
    overall = {"rows": rows, "wmape": 12.5, "rmse": 40_000.0, "coverage": 0.88, "aim": 0.9, "mae": 1.0}
    measurements = {"rows": rows, **({"overall": overall} if rows else {})}
    entry = Entry(store.put(name, []), day, {}, "run", f"{day}T00:00:00+00:00", 1.0, measurements)
    store.record(entry)
    store.point(name, entry)


def copied(base: Path, database: Path, home: Path) -> Published:
    """A copy of both versions in ``home``."""
    before = template(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base, database)
    shutil.copytree(before, home)
    moved(home / "mlflow.db", before, home)
    return Published(home)


@pytest.fixture
def published(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, mlflow_library: None, first_users: FirstUsers
) -> Published:
    """A copy of its own."""
    return copied(tmp_path_factory.getbasetemp(), first_users[0] / "mlflow.db", tmp_path / "home")


@pytest.fixture(scope="session")
def promoted(tmp_path_factory: pytest.TempPathFactory, mlflow_library: None, first_users: FirstUsers) -> Published:
    """A copy with version 1 in production, for tests that change nothing."""
    home = tmp_path_factory.mktemp("promoted") / "home"
    shared = copied(tmp_path_factory.getbasetemp(), first_users[0] / "mlflow.db", home)
    shared.promote(1)
    return shared
