"""``python -m housing_assets_tests.serving.server HOME WORKERS``: the API over a ``Published`` home, looking often."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

POLL_SECONDS = 0.2


@contextmanager
def running(home: Path, workers: int = 2) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The process, and the port that it listens on; stopped afterwards, if nobody did."""
    command = [sys.executable, "-m", "housing_assets_tests.serving.server", str(home), str(workers)]
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True)
    assert process.stdout
    try:
        address = process.stdout.readline().strip()
        assert address, (home / "server.log").read_text()
        yield process, int(address.rpartition(":")[2])
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        process.stdout.close()


def main(home: Path, workers: int) -> None:
    from housing_assets.serving.processes import ONE_THREAD, Server

    os.environ.update(ONE_THREAD)
    from housing_assets.serving.current_model import CurrentModel
    from housing_assets.serving.model_source import ModelSource
    from housing_assets.settings import load_settings
    from housing_assets.storage.backends.local_blobs import LocalBlobs

    settings = load_settings({"serving": {"poll_seconds": POLL_SECONDS, "stop_seconds": 10}})
    source = ModelSource.opened(
        LocalBlobs(home / "store"),
        f"sqlite:///{home / 'mlflow.db'}",
        home / "serving",
        registry=settings.registry,
        serving=settings.serving,
    )
    current, staging = CurrentModel(source, "production"), CurrentModel(source, "staging")
    server = Server(current, settings.serving, "127.0.0.1", 0, workers, coverage=0.9, staging=staging)
    server.run(lambda address: print(address, flush=True))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
