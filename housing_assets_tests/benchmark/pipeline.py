"""The pipeline as a person runs it, ``housing run``, in a process and a folder of its own, from nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

import housing_assets
from housing_assets.assets import STEPS
from housing_assets.project import PROJECT
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.store import Store
from housing_assets_tests.benchmark.measuring import peak_megabytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.storage.entry import Entry

INSTANCE_FILE = Path(housing_assets.__file__).parents[1] / "dagster.yaml"
HOUSING = [sys.executable, "-c", "from housing_assets.cli import main; main()"]
NOT_OURS = ("DAGSTER_HOME", "HOUSING_HOME", "HOUSING_FORCE", "MLFLOW_TRACKING_URI", "WANDB_API_KEY")
TAIL_LINES = 20


@dataclass(frozen=True)
class Run:
    """One ``housing run``: ``seconds`` from the start of the process to its end, ``entries`` by asset.

    ``failure`` says which gates refused what, or else how the run failed; what was computed until then is in
    ``entries`` all the same.
    """

    seconds: float
    megabytes: float
    failure: str
    entries: dict[str, Entry]
    store: Store

    @property
    def computing_seconds(self) -> float:
        """Of all bodies of assets; what remains of ``seconds`` are imports, Dagster, MLflow and the store."""
        return sum(self.entries[step.assets[0]].seconds for step in STEPS if step.assets[0] in self.entries)

    def measured(self, asset: str, *path: str) -> Any:
        """A measurement of ``asset``, or None if it was not computed."""
        value: Any = self.entries[asset].measurements if asset in self.entries else None
        for name in path:
            value = None if value is None else value.get(name)
        return value


def run_pipeline(folder: Path, raw: Path, overrides: Mapping[str, Any], select: str = "*") -> Run:
    """Run what ``select`` names on the file ``raw``; ``folder`` keeps what earlier runs in it made."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(INSTANCE_FILE, folder)
    settings = folder / "overrides.yaml"
    settings.write_text(yaml.safe_dump(dict(overrides)), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    environment |= {"HOUSING_PROFILE": "local", "HOUSING_RAW_URI": str(raw.absolute())}
    command = [*HOUSING, "run", "--select", select, "--config", str(settings)]
    started = time.perf_counter()
    with peak_megabytes() as peak:
        ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    store = Store(LocalBlobs(folder / ".housing" / "store"), PROJECT)
    tail = "\n".join((ended.stdout + ended.stderr).splitlines()[-TAIL_LINES:])
    failure = (refusals(store) or tail) if ended.returncode else ""
    return Run(seconds, peak[0], failure, latest(store), store)


def latest(store: Store) -> dict[str, Entry]:
    """What was last computed for each asset, in the order of the lineage, whether or not its gates accepted it."""
    histories = {asset: store.history(asset) for step in STEPS for asset in step.assets}
    return {asset: history[-1] for asset, history in histories.items() if history}


def refusals(store: Store) -> str:
    assets = [asset for step in STEPS for asset in step.assets]
    verdicts = [verdict for asset in assets for refused in store.rejections(asset) for verdict in refused.verdicts]
    return "; ".join(str(verdict.get("message", verdict)) for verdict in verdicts)
