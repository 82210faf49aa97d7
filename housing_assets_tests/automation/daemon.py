"""A project folder of its own with the real daemon in it, on settings under which the whole lineage takes seconds."""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import dagster as dg

from housing_assets.cli.services.supervisor import Service, start_processes, wait_until_ready
from housing_assets.definitions import build_definitions
from housing_assets.raw.inbox import FINDINGS
from housing_assets.settings import merge_settings
from housing_assets.settings.pipeline_settings import BaseSettings, PipelineSettings
from housing_assets_tests.small_run import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from google.cloud.storage import Client

ROOT = Path(__file__).parent.parent.parent
PREFIX = "housing"

QUICK: dict[str, Any] = merge_settings(
    SMALL,
    {
        "raw": {"uri": None},
        "automation": {"inbox_seconds": 5, "quiet_seconds": 0},
        "sweep": {
            "algorithm": "hist_gradient_boosting",
            "fidelity": {"rows": 2000, "tree_share": 1, "folds": 2},
            "finals": {"count": 1, "blend": False},
            "spaces": {"hist_gradient_boosting": {"max_iter": {"min": 60, "max": 90}}},
        },
    },
)
"""Trials take a second, so that one can be caught running."""

DEFINITIONS = """
import dagster as dg

from {module} import {function}


@dg.definitions
def defs():
    return {function}({arguments})
"""

WORKSPACE = """
load_from:
  - python_file:
      relative_path: small_definitions.py
      location_name: housing_assets
"""


def quick_definitions(trials: int) -> dg.Definitions:
    """The real lineage, quickly, with a sweep of so many trials."""
    profile = merge_settings(QUICK, {"sweep": {"count": trials}})
    settings = PipelineSettings(base=BaseSettings(profile=profile))
    return build_definitions(overrides={"settings": settings})


class Folder:
    """An inbox on this disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True)

    def drop(self, name: str, content: bytes) -> None:
        partial = self.path / f"{name}.part"
        partial.write_bytes(content)
        partial.rename(self.path / name)

    def reports(self) -> list[bytes]:
        """Why files were rejected."""
        return [report.read_bytes() for report in self.path.glob(f"rejected/*{FINDINGS}")]


class Bucket:
    """An inbox in Cloud Storage."""

    def __init__(self, client: Client, name: str) -> None:
        self.bucket = client.bucket(name)

    def drop(self, name: str, content: bytes) -> None:
        self.bucket.blob(f"{PREFIX}/inbox/{name}").upload_from_string(content)

    def reports(self) -> list[bytes]:
        found = self.bucket.list_blobs(prefix=f"{PREFIX}/inbox/rejected/")
        return [report.download_as_bytes() for report in found if report.name.endswith(FINDINGS)]


class Project:
    """A folder with a Dagster instance and an inbox; the working directory of whoever uses it."""

    def __init__(self, folder: Path, function: Callable[..., dg.Definitions], *arguments: object) -> None:
        self.folder = folder
        self.home = folder / ".housing"
        shutil.copy(ROOT / "dagster.yaml", folder)
        (folder / "workspace.yaml").write_text(WORKSPACE)
        (folder / "small_definitions.py").write_text(
            DEFINITIONS.format(
                module=function.__module__, function=function.__name__, arguments=", ".join(map(repr, arguments))
            )
        )

    def __enter__(self) -> Self:
        self.before = Path.cwd()
        os.chdir(self.folder)
        self.instance = dg.DagsterInstance.from_config(str(self.folder))
        return self

    def __exit__(self, *_: object) -> None:
        self.instance.dispose()
        os.chdir(self.before)

    @contextmanager
    def daemon(self, seconds: float = 90, sensor: str = "new_raw_file") -> Iterator[int]:
        """The daemon, up and looking by ``sensor``; the id of its process, and of its process group."""
        self.begun = time.time()
        program = str(Path(sys.executable).parent / "dagster-daemon")
        service = Service("daemon", [program, "run", "-w", "workspace.yaml"], "", lambda: self._is_ticking(sensor))
        environment = {**os.environ, "DAGSTER_HOME": str(self.folder), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        with start_processes([service], environment, self.home / "logs") as running:
            wait_until_ready(running, seconds)
            yield running[0].process.pid

    def runs(self) -> list[dg.DagsterRun]:
        """Oldest first."""
        return list(reversed(self.instance.get_runs()))

    def finished(self, number: int, seconds: float) -> dg.DagsterRun:
        """The run of that number, counted from 0, at its end."""
        run = until(lambda: (self.runs()[number : number + 1] or [None])[0], seconds, f"run {number}")
        return until(lambda: self._ended(run.run_id), seconds, f"the end of run {number}")

    def ticks(self, sensor: str = "new_raw_file") -> list[Any]:
        """Every tick of the sensor, newest first."""
        states = [state for state in self.instance.all_instigator_state() if state.instigator_name == sensor]
        return [
            tick for state in states for tick in self.instance.get_ticks(state.instigator_origin_id, state.selector_id)
        ]

    def process(self, run: dg.DagsterRun) -> int:
        """The id of the process that executes the run."""
        started = re.compile(r"Started process for run \(pid: (\d+)\)")
        return int(next(match[1] for text in self.messages(run) if (match := started.search(text))))

    def last_words(self) -> str:
        """Why the last ticks asked for nothing."""
        return "; ".join(tick.skip_reason or "" for tick in self.ticks()[:5])

    def messages(self, run: dg.DagsterRun) -> list[str]:
        return [entry.message for entry in self.instance.all_logs(run.run_id)]

    def computed(self, run: dg.DagsterRun) -> list[str]:
        """The assets that the run did not reuse."""
        kind = dg.DagsterEventType.ASSET_MATERIALIZATION
        entries = self.instance.all_logs(run.run_id, of_type=kind)
        made = [entry.get_dagster_event().step_materialization_data.materialization for entry in entries]
        return [each.asset_key.to_user_string() for each in made if not each.metadata["reused"].value]

    def _ended(self, run_id: str) -> dg.DagsterRun | None:
        run = self.instance.get_run_by_id(run_id)
        return run if run is not None and run.is_finished else None

    def _is_ticking(self, sensor: str) -> bool:
        return any(tick.is_completed and tick.timestamp > self.begun for tick in self.ticks(sensor))


def until(look: Callable[[], Any], seconds: float, what: str) -> Any:
    """What ``look`` sees as soon as it sees something."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {seconds:g} s")
        time.sleep(0.2)
    return seen
