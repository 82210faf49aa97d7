"""``python -m housing_assets_tests.serving.server HOME WORKERS FLUSH CHANGES``: the API over a ``Published`` home.

It looks often at what is in production. The log of answers is written every FLUSH seconds, never for 0. CHANGES are
further settings of ``serving``, as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

POLL_SECONDS = 0.2


@contextmanager
def running(
    home: Path, workers: int = 2, *, flush_seconds: float = 10.0, prefix: Sequence[str] = (), **changes: Any
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The process, and the port that it listens on; stopped afterwards, if nobody did. ``prefix`` is a program that
    becomes ours.
    """
    arguments = [str(home), str(workers), str(flush_seconds), json.dumps(changes)]
    command = [*prefix, sys.executable, "-m", "housing_assets_tests.serving.server", *arguments]
    with (home / f"server-{flush_seconds:g}.log").open("w") as output:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=output, text=True, start_new_session=True)
    assert process.stdout
    try:
        address = process.stdout.readline().strip()
        assert address, (home / f"server-{flush_seconds:g}.log").read_text()
        yield process, int(address.rpartition(":")[2])
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        process.stdout.close()


def main(home: Path, workers: int, flush_seconds: float, changes: dict[str, Any]) -> None:
    from housing_assets.serving.processes import ONE_THREAD, Server

    os.environ.update(ONE_THREAD)
    from housing_assets.serving.current_model import CurrentModel
    from housing_assets.serving.log.prediction_log import open_log
    from housing_assets.serving.sources.model_source import ModelSource
    from housing_assets.settings import load_settings
    from housing_assets.storage.backends.local_blobs import LocalBlobs

    log = {"flush_seconds": flush_seconds} if flush_seconds else {"log": False}
    settings = load_settings({"serving": {"poll_seconds": POLL_SECONDS, "stop_seconds": 10, **log, **changes}})
    source = ModelSource.opened(
        LocalBlobs(home / "store"),
        f"sqlite:///{home / 'mlflow.db'}",
        home / "serving",
        registry=settings.registry,
        serving=settings.serving,
    )
    current, staging = CurrentModel(source, "production"), CurrentModel(source, "staging")
    server = Server(
        current,
        settings.serving,
        "127.0.0.1",
        0,
        workers,
        coverage=0.9,
        staging=staging,
        log=open_log(source.store.blobs, settings.serving),
    )
    server.run(lambda address: print(address, flush=True))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), json.loads(sys.argv[4]))
