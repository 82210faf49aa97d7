"""``python -m housing_assets_tests.torture.store.database_corruption HOME COUNT``: bits of MLflow's database.

One bit of the SQLite file of the home of a finished run is another one, anywhere or near what models are found by. A
fork of a process that has no database open then asks for versions, aliases, history, verdicts and prices: it gets what
it got before, or a refusal that names what is damaged.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import subprocess
import sys
from contextlib import chdir
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import skops.io  # noqa: F401

from housing_assets.errors import ExpectedError
from housing_assets.registry.package.verification import load, verify
from housing_assets_tests.finished_run import releases_of
from housing_assets_tests.small_run import SmallRun, few_rows
from housing_assets_tests.torture.outcome import Outcome
from housing_assets_tests.torture.store.corruption import DAMAGED

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = re.compile(rb"california_housing_price|housing\.manifest_sha256|staging|production")
NEAR = 150
"""Bytes before and after one of ``NAMES``."""


def flipped_databases(run: SmallRun, count: int = 120) -> Outcome:
    """The family, in a process of its own."""
    command = [sys.executable, "-m", __name__, str(run.home), str(count)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(result.stderr)
    return Outcome(**json.loads(result.stdout))


def flip_often(database: Path, count: int, view: Callable[[], str], names: re.Pattern[bytes] = NAMES) -> Outcome:
    """What ``view`` says of ``database`` after each of ``count`` flips, every second one near one of ``names``."""
    chance = random.Random(0)
    content = database.read_bytes()
    near = sorted(
        {place for found in names.finditer(content) for place in range(found.start() - NEAR, found.end() + NEAR)}
    )
    whole = asked(view)
    outcome = Outcome()
    for number in range(count):
        place = chance.choice(near) if number % 2 and near else chance.randrange(len(content))
        changed = bytearray(content)
        changed[place] ^= 1 << chance.randrange(8)
        database.write_bytes(changed)
        answer = asked(view)
        outcome.add(Outcome(1, wrong=[] if answer in {whole, DAMAGED} else [f"byte {place}: {answer[:200]}"]))
    database.write_bytes(content)
    return outcome


def asked(view: Callable[[], str]) -> str:
    """What ``view`` says in a fork."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            text = view()
        except ExpectedError:
            text = DAMAGED
        except BaseException as error:
            text = f"{type(error).__name__} {error}"
        os.write(writer, text.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return text


def registry_of(home: Path) -> str:
    """Everything by which a version is found, and what it answers."""
    releases = releases_of(SmallRun(home))
    registry = releases.registry
    rows = few_rows(20).drop(columns="median_house_value")
    versions = registry.versions()
    parts = [
        [f"{version.version} {version.digest} {version.run_id} {version.files}" for version in versions],
        registry.aliases(),
        [str(entry.to_json()) for entry in releases.history()],
        [str(verify(registry, version)) for version in versions],
        [np.asarray(load(registry, version.version).predict(rows)).tobytes().hex() for version in versions],
        [str(releases.judged(version)) for version in versions],
    ]
    return json.dumps(parts)


def main(home: Path, count: int) -> None:
    logging.disable(logging.CRITICAL)
    with chdir(home):
        outcome = flip_often(home / "mlflow.db", count, lambda: registry_of(home))
    print(json.dumps(asdict(outcome)))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
