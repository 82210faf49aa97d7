"""Registered packages whose code differs from the installed one, and processes that load them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import housing_assets
from housing_assets_tests.mlflow_server import plain_environment

INSTALLED = Path(housing_assets.__file__).parent
CLASS = "class NeighbourMean"
STATEMENT = "return np.asarray(self.values_[rows].mean(axis=1))"

WRITE = """
import sys
from pathlib import Path
import pandas as pd
from sklearn.pipeline import make_pipeline
from housing_assets.domain.imputation.strategies import NeighbourMean
from housing_assets.registry.package.manifest import sha256_of
from housing_assets.registry.package.mlflow_model import write_package
from housing_assets.trusted_types import model_bytes
rows = pd.DataFrame({"income": [1.0, 2.0, 8.0], "age": [5.0, 9.0, 7.0]})
content = model_bytes(make_pipeline(NeighbourMean(neighbours=1)).fit(rows, [100.0, 200.0, 300.0]))
print(write_package(Path(sys.argv[1]), content, digest=sha256_of(content), input_example=rows, coverage=0.9,
                    model_config={}, documents={}, run_id="0" * 32, model_id="m-0"))
"""

BY_MLFLOW = """
import json, sys
import pandas as pd
rows = pd.DataFrame({"income": [1.0, 2.0, 8.0], "age": [5.0, 9.0, 7.0]})

def packaged(folder):
    import mlflow.pyfunc
    return list(mlflow.pyfunc.load_model(folder).predict(rows))

def installed():
    import housing_assets.definitions
    from housing_assets.domain.imputation.strategies import NeighbourMean
    return list(NeighbourMean(neighbours=1).fit(rows, [100.0, 200.0, 300.0]).predict(rows))

def places():
    found = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    return sorted({file for name, file in found.items() if name.partition(".")[0] == "housing_assets" and file})
"""

BLOCK = """
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "housing_assets":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NotInstalled())
"""
"""Run at the start of Python, where this project is not installed."""


def changed_package(folder: Path, change: str) -> tuple[Path, str]:
    """A package by code that adds ``change`` to what it predicts, and the SHA-256 of its manifest."""
    home = folder / f"code{change}"
    shutil.copytree(INSTALLED, home / "housing_assets", ignore=shutil.ignore_patterns("__pycache__"))
    (source,) = [file for file in home.rglob("*.py") if CLASS in file.read_text()]
    assert source.read_text().count(STATEMENT) == 1
    source.write_text(source.read_text().replace(STATEMENT, f"{STATEMENT} + {change}"))
    package = folder / f"model{change}"
    manifest = run(WRITE, str(package), search=home, cwd=folder).stdout.strip()
    return package, manifest


def without_the_project(folder: Path) -> Path:
    """A folder to search first in which ``housing_assets`` cannot be imported."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(BLOCK)
    return folder


def environment(search: Path | None = None) -> dict[str, str]:
    """That of the tests, in which Python keeps its bytecode and finds what is in ``search`` first."""
    changes = {"MLFLOW_DISABLE_TELEMETRY": "true", "PYTHONDONTWRITEBYTECODE": ""}
    changes |= {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return plain_environment() | changes | ({"PYTHONPATH": str(search)} if search else {})


def run(script: str, *arguments: str, cwd: Path, search: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    finished = subprocess.run(
        command, env=environment(search), cwd=cwd, capture_output=True, text=True, check=False, timeout=200
    )
    assert finished.returncode == 0, finished.stderr
    return finished


def answer(script: str, *arguments: str, cwd: Path, search: Path | None = None) -> Any:
    """What ``script``, which begins with ``BY_MLFLOW``, prints last as JSON."""
    return json.loads(run(BY_MLFLOW + script, *arguments, cwd=cwd, search=search).stdout.splitlines()[-1])
