"""Kill a promotion at each line of ``promote`` and ``reconcile`` that it runs, and see the next one make it good.

Run as a program with the home of a registry that has versions; writes in what state each kill left production. Every
attempt is a fork of a process that has MLflow and skops imported and no database open.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import mlflow.store.model_registry.sqlalchemy_store
import mlflow.store.tracking.sqlalchemy_store  # noqa: F401
import skops.io  # noqa: F401
from mlflow import MlflowClient  # noqa: F401

from housing_assets.domain.gates.verdicts import Verdict
from housing_assets.registry.production.ledger import Ledger
from housing_assets.registry.production.promotion import promote, reconcile
from housing_assets.registry.versions import ModelRegistry
from housing_assets.settings import load_settings
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.tracking.mlflow_server import MlflowServer
from housing_assets_tests.storage.kills import kill_at_line

if TYPE_CHECKING:
    from collections.abc import Callable

FUNCTIONS = (promote.__code__, reconcile.__code__)
PASSED = Verdict("wmape", True, True, 1.0, 2.0, "maximum", None, "")


def main(home: Path) -> None:
    original = home / "mlflow.db"
    fresh = home / "fresh.db"
    shutil.copy(original, fresh)
    line = 0
    killed = True
    while killed:
        shutil.copy(fresh, original)
        shutil.rmtree(home / "store", ignore_errors=True)
        line += 1
        killed = forked(lambda line=line: killed_at(line, home)) == -signal.SIGKILL  # type: ignore[misc]
        if forked(lambda: make_good(home)) != 0:
            sys.exit(f"not made good after a kill at line event {line}")


def forked(action: Callable[[], None]) -> int:
    """Run ``action`` in a child; its exit status, or minus the signal that ended it."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        action()
        sys.stdout.flush()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(line: int, home: Path) -> None:
    registry, ledger = opened(home)
    kill_at_line(line, FUNCTIONS.__contains__)
    promote(registry, ledger, 1, gate=lambda _: [PASSED], who="ada", why="better")
    sys.settrace(None)


def make_good(home: Path) -> None:
    registry, ledger = opened(home)
    sys.stdout.write(f"{state(registry, ledger)}\n")
    promote(registry, ledger, 1, gate=lambda _: [PASSED], who="bob", why="again")
    if (registry.aliases().get("production"), [entry.to_version for entry in ledger.entries()]) != (1, [1]):
        os._exit(1)


def state(registry: ModelRegistry, ledger: Ledger) -> str:
    recorded, named = bool(ledger.entries()), registry.aliases().get("production") == 1
    return {(False, False): "nothing", (True, False): "entry-without-alias", (True, True): "done"}[recorded, named]


def opened(home: Path) -> tuple[ModelRegistry, Ledger]:
    settings = load_settings()
    registry = ModelRegistry(MlflowServer.local(home), settings.registry, "housing", settings.tracking.mlflow_url)
    return registry, Ledger(LocalBlobs(home / "store"), registry.model_name)


if __name__ == "__main__":
    logging.disable(logging.INFO)
    main(Path(sys.argv[1]))
