"""Where the families take place: a bucket on loopback, and the home of a finished run with a version in production."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import chdir, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets_tests.finished_run import moved, releases_of
from housing_assets_tests.gcs_emulator import bucket_server
from housing_assets_tests.small_run import SmallRun, few_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets_tests.fault_proxy import FaultProxy


@contextmanager
def variable(name: str, value: str) -> Iterator[None]:
    """The variable is set meanwhile."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]
        os.environ |= {} if before is None else {name: before}


@contextmanager
def bucket() -> Iterator[FaultProxy]:
    """Cloud Storage's emulator behind a proxy that fails on demand, found by every client."""
    with bucket_server() as proxy, variable("STORAGE_EMULATOR_HOST", proxy.url):
        yield proxy


@cache
def template() -> SmallRun:
    """The small lineage, run once, with its version in production."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    run = SmallRun(Path(folder))
    run.write(few_rows())
    with chdir(folder), variable("HOUSING_HOME", folder):
        run.run()
        releases_of(run).promote(1, who="ada", why="the first one")
    return run


@contextmanager
def home() -> Iterator[SmallRun]:
    """A copy of ``template``, entered."""
    before = template().home
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        shutil.copytree(before, folder, dirs_exist_ok=True)
        moved(Path(folder) / "mlflow.db", before, Path(folder))
        with variable("HOUSING_HOME", folder):
            yield SmallRun(Path(folder))
