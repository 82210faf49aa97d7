"""A version predicts with the code that it was registered with, whatever else is installed or imported."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from housing_assets.registry.package.loader import OtherWeightsError
from housing_assets.registry.package.manifest import faults, sha256_of
from housing_assets.registry.package.packaged_code import loader_of, name_of, sources_of, write_code
from housing_assets.trusted_types import model as load_model
from housing_assets.trusted_types import model_bytes
from housing_assets_tests.registry.models import fitted, rows
from housing_assets_tests.registry.packages import INSTALLED, answer, changed_package, environment, without_the_project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets_tests.small_run import SmallRun

EARLIER = Path(__file__).parent.parent / "earlier"
HERE, CHANGED, OTHER = [100.0, 200.0, 300.0], [101.0, 201.0, 301.0], [107.0, 207.0, 307.0]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packages")


@pytest.fixture(scope="module")
def changed(home: Path) -> Path:
    """A package whose code adds 1."""
    return changed_package(home, "1")[0]


@pytest.fixture(scope="module")
def alone(home: Path) -> Path:
    return without_the_project(home / "alone")


def test_loaded_before_the_installed_code(home: Path, changed: Path):
    script = "print(json.dumps([packaged(sys.argv[1]), installed(), places()]))"
    of_package, of_installed, places = answer(script, str(changed), cwd=home)

    assert (of_package, of_installed) == (CHANGED, HERE)
    assert [place for place in places if not place.startswith(str(INSTALLED))] == []


def test_loaded_after_the_installed_code(home: Path, changed: Path):
    script = "print(json.dumps([installed(), packaged(sys.argv[1]), installed(), places()]))"
    before, of_package, after, places = answer(script, str(changed), cwd=home)

    assert (before, of_package, after) == (HERE, CHANGED, HERE)
    assert [place for place in places if not place.startswith(str(INSTALLED))] == []


def test_loaded_where_nothing_is_installed(home: Path, changed: Path, alone: Path):
    script = "print(json.dumps([packaged(sys.argv[1]), places()]))"

    assert answer(script, str(changed), cwd=home, search=alone) == [CHANGED, []]


def test_two_versions_in_one_process_keep_their_code(home: Path, changed: Path):
    other, _ = changed_package(home, "7")
    script = "print(json.dumps([packaged(folder) for folder in (*sys.argv[1:], sys.argv[1])]))"

    assert answer(script, str(changed), str(other), cwd=home) == [CHANGED, OTHER, CHANGED]


@pytest.mark.parametrize("installed", [True, False], ids=["installed", "not installed"])
def test_served_by_mlflow(home: Path, changed: Path, alone: Path, installed: bool):
    with_code = None if installed else alone
    rows = {"columns": ["note", "age", "income"], "data": [["new", 5, 1], [None, 9, 2.0], ["", 7, 8]]}

    assert served(changed, home, with_code, rows) == CHANGED


def served(package: Path, cwd: Path, search: Path | None, rows: dict[str, Any]) -> Any:
    """What ``mlflow models serve`` answers for ``rows``."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", str(package), "--env-manager", "local"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    log = cwd / f"serve-{port}.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, env=environment(search), cwd=cwd, stdout=output, stderr=output, start_new_session=True
        )
    try:
        body = json.dumps({"dataframe_split": rows})
        wait_for(f"http://127.0.0.1:{port}/ping", server, log)
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/invocations", body.encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)["predictions"]
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"no answer at {url}: {log.read_text()[-2000:]}")


def test_the_real_pipeline_predicts_where_nothing_is_installed(finished_run: SmallRun, alone: Path, tmp_path: Path):
    """Whatever it reaches at prediction is in its package."""
    entry = finished_run.store.current("trained_model")
    raw = finished_run.store.current("raw_housing")
    assert entry is not None
    assert raw is not None
    priced = finished_run.store.load(raw.stored).head(20).drop(columns="median_house_value")
    priced.to_parquet(tmp_path / "rows.parquet")
    (folder,) = list(finished_run.home.rglob("MLmodel"))
    script = """
import mlflow.pyfunc
raw = pd.read_parquet(sys.argv[2])
print(json.dumps([list(mlflow.pyfunc.load_model(sys.argv[1]).predict(raw)), places()]))
"""
    prices, places = answer(script, str(folder.parent), str(tmp_path / "rows.parquet"), cwd=tmp_path, search=alone)

    assert prices == list(finished_run.store.load(entry.stored).predict(priced))
    assert places == []


class TestRegisteredBefore:
    """A package whose code is called ``housing_assets``, as they all were."""

    rows = '{"median_income": [1.5, 10.0], "housing_median_age": [5.0, 1.0]}'
    prices = (245_000.0, 455_000.5)

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        with tarfile.open(EARLIER / "package.tar.xz") as archive:
            archive.extractall(tmp_path, filter="data")
        return tmp_path / "price"

    @pytest.fixture
    def manifest(self) -> str:
        return (EARLIER / "package.sha256").read_text().strip()

    def test_loads_by_mlflow_and_verifies_afterwards(self, folder: Path, manifest: str, alone: Path) -> None:
        script = f"""
import mlflow.pyfunc
sys.meta_path = [finder for finder in sys.meta_path if type(finder).__name__ != "NotInstalled"]
sys.meta_path = [finder for finder in sys.meta_path if "editable" not in getattr(finder, "__module__", "")]
print(json.dumps(list(mlflow.pyfunc.load_model(sys.argv[1]).predict(pd.DataFrame({self.rows})))))
"""
        prices = answer(script, str(folder), cwd=folder.parent, search=alone)

        assert tuple(prices) == self.prices
        assert list(folder.rglob("*.pyc"))
        assert faults(folder, manifest) == []

    def test_its_weights_load_here(self, folder: Path) -> None:
        import pandas as pd

        model = load_model((folder / "model.skops").read_bytes())

        assert tuple(model.predict(pd.DataFrame(json.loads(self.rows)))) == self.prices


class TestCode:
    content = staticmethod(lambda: model_bytes(fitted()))

    def test_holds_what_the_classes_import(self) -> None:
        from housing_assets.domain.imputation.strategies import NeighbourMean

        names = {NeighbourMean.__module__, "housing_assets.domain.geography.nearest"}
        sources = sources_of({NeighbourMean.__module__})

        assert {f"{name.removeprefix('housing_assets.').replace('.', '/')}.py" for name in names} <= sources.keys()
        assert "__init__.py" in sources

    def test_names_no_module_of_the_project(self, tmp_path: Path) -> None:
        package = write_code(tmp_path, self.content())

        assert [file for file in package.rglob("*.py") if "import housing_assets" in file.read_text()] == []
        assert [file for file in package.rglob("*.py") if "from housing_assets" in file.read_text()] == []

    @pytest.mark.parametrize(
        ("sources", "digest"), [({"a.py": "x = 2"}, "d"), ({"b.py": "x = 1"}, "d"), ({"a.py": "x = 1"}, "e")]
    )
    def test_other_code_or_weights_have_another_name(self, sources: dict[str, str], digest: str) -> None:
        assert name_of(sources, digest) != name_of({"a.py": "x = 1"}, "d")

    @pytest.fixture
    def load(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
        import importlib

        package = write_code(tmp_path / "code", self.content())
        (tmp_path / "model.skops").write_bytes(self.content())
        monkeypatch.syspath_prepend(str(package.parent))
        yield importlib.import_module(loader_of(package))._load_pyfunc
        for name in [name for name in sys.modules if name.startswith(package.name)]:
            del sys.modules[name]

    def test_predicts_as_the_model(self, load: Any, tmp_path: Path) -> None:
        assert list(load(str(tmp_path)).predict(rows())) == list(fitted().predict(rows()))

    def test_refuses_swapped_weights(self, load: Any, tmp_path: Path) -> None:
        (tmp_path / "model.skops").write_bytes(model_bytes(fitted(depth=3)))

        with pytest.raises(ValueError, match="is not what was registered") as raised:
            load(str(tmp_path))
        assert type(raised.value).__name__ == OtherWeightsError.__name__

    def test_is_named_by_the_weights_that_it_belongs_to(self, tmp_path: Path) -> None:
        package = write_code(tmp_path, self.content())

        assert (package / "weights.sha256").read_text() == sha256_of(self.content())
