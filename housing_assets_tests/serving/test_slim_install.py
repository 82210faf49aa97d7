"""The API in an environment that has what ``requirements-serve.lock`` names and nothing else."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from housing_assets_tests.conftest import ROOT
from housing_assets_tests.serving.load import INSTANCES, expected

if TYPE_CHECKING:
    from housing_assets_tests.serving.published import Published

UNWANTED = ("dagster", "mlflow", "wandb", "matplotlib", "pyarrow", "optuna", "google.cloud.storage")
COMMAND = "from housing_assets.cli import main; main()"
MOST_MEGABYTES = 330


@pytest.fixture(scope="module")
def slim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the environment: seconds, where uv has the packages in its cache."""
    uv = Path(sys.executable).with_name("uv")
    if not uv.exists():
        pytest.skip("uv is not beside this Python: make .venv/ready-test installs it")
    folder = tmp_path_factory.mktemp("slim") / "venv"
    lock = ROOT / "requirements-serve.lock"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--require-hashes", "-r", lock]
    subprocess.run(install, check=True, env=os.environ | {"VIRTUAL_ENV": str(folder)})
    return folder


def environment(home: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "HOUSING_HOME": str(home)}


def test_it_has_neither_orchestrator_nor_tracker_nor_plots(slim: Path):
    found = f"import importlib.util as i; print([n for n in {UNWANTED[:-1]} if i.find_spec(n)])"
    answer = subprocess.run([slim / "bin" / "python", "-c", found], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
    size = sum(file.stat().st_size for file in slim.rglob("*") if file.is_file() and file.suffix != ".pyc")
    assert size / 1e6 < MOST_MEGABYTES


def test_prices_are_those_of_the_pipeline(slim: Path, promoted: Published):
    command = [slim / "bin" / "python", "-c", COMMAND, "serve", "--port", "0", "--workers", "1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment(promoted.home), cwd=promoted.home
    ) as process:
        assert process.stdout
        said = process.stdout.readline()
        try:
            port = int(said.split("/api/")[0].rpartition(":")[2])
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
                connection.request("POST", "/api/v1/predict", json.dumps({"instances": INSTANCES}))
                answer = json.loads(connection.getresponse().read())
                connection.request("GET", "/api/v1/model")
                about = json.loads(connection.getresponse().read())
        finally:
            process.send_signal(signal.SIGTERM)
    assert process.returncode == 0
    prices = [[each[name] for name in ("price", "lower", "upper")] for each in answer["predictions"]]
    assert prices == expected()[1].tolist()
    assert (about["slow_halves"], about["warnings"], about["failures"]) == ({}, [], [])


def test_the_lock_has_the_versions_of_the_whole_project():
    alone, whole = (
        dict(line.split(" ")[0].split("==") for line in (ROOT / name).read_text().splitlines() if "==" in line[:60])
        for name in ("requirements-serve.lock", "requirements.lock")
    )
    assert {name: version for name, version in alone.items() if whole.get(name, version) != version} == {}
