"""The small lineage, run by Dagster's own command in a process of its own, from a copy of the package to edit."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import housing_assets
from housing_assets.settings import merge_settings
from housing_assets_tests.small_run import ASSETS, SMALL, SmallRun

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = Path(housing_assets.__file__).parent


@dataclass
class Command:
    """``dagster asset materialize`` on the state of ``run``, with ``code`` before the installed packages."""

    run: SmallRun
    code: Path
    select: str = "*"
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def package(self) -> Path:
        return self.code / "housing_assets"

    def edit(self, change: Callable[[str], str], *modules: str) -> None:
        """Rewrite modules of a copy of the package; all of them if none is named."""
        if not self.package.exists():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(PACKAGE, self.package, ignore=ignored)
        for file in [self.package / module for module in modules] or self.package.rglob("*.py"):
            before = file.read_text()
            after = change(before)
            assert after != before or not modules
            file.write_text(after)

    def start(self) -> None:
        overrides = {"overrides": merge_settings(SMALL, self.run.overrides)}
        config = json.dumps({"resources": {"settings": {"config": overrides}}})
        history = self.code / f"history{len(self.processes)}"
        history.mkdir(parents=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        environment |= {"PYTHONPATH": str(self.code), "DAGSTER_HOME": str(history), "OMP_NUM_THREADS": "1"}
        program = [sys.executable, "-m", "dagster", "asset", "materialize", "-m", "housing_assets.definitions"]
        self.processes.append(
            subprocess.Popen(
                [*program, "--select", self.select, "--config-json", config],
                cwd=self.run.home,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )

    def computed(self, *, at_once: int = 1) -> list[str]:
        """Run, and list the assets whose bodies ran, which the store has records of."""
        before = {entry.run_id for asset in ASSETS for entry in self.run.store.history(asset)}
        for _ in range(at_once):
            self.start()
        said = [process.communicate()[0] for process in self.processes]
        assert [process.returncode for process in self.processes] == [0] * at_once, "\n".join(said)
        return [asset for asset in ASSETS if {entry.run_id for entry in self.run.store.history(asset)} - before]
