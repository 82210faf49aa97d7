"""``python -m housing_assets_tests.torture.runs.registrations ACT STEP``: a registration, killed at its lines.

Every ``STEP``-th line that ``registry/registration.py`` runs is one kill. Each attempt is a fork of a process that has
MLflow and skops imported and no database open; the registry has another version already.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import chdir
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housing_assets.registry import registration
from housing_assets.registry.package.verification import RefusedModelError, verify
from housing_assets_tests.registry.models import registered
from housing_assets_tests.registry.production.killed_promotions import forked, opened
from housing_assets_tests.storage.kills import kill_at_line
from housing_assets_tests.torture.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from housing_assets.registry.versions import ModelRegistry

BROKEN, LOST = 2, 3
MEANINGS = {BROKEN: "a version that is not whole", LOST: "not one version after it was done again"}


def killed_registrations(step: int = 1, act: str = "registered") -> Outcome:
    """The family, in a process of its own; ``act`` is one of ``ACTS``."""
    command = [sys.executable, "-m", __name__, act, str(step)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(result.stderr)
    return Outcome(**json.loads(result.stdout))


def kill_lines(home: Path, step: int, act: Callable[[ModelRegistry], object]) -> Outcome:
    """``act`` at its first line, at the line ``step`` further on and so on, until it comes through."""
    fresh = home.with_name("fresh")
    if status := forked(lambda: registered(opened(home)[0], depth=1)):
        raise RuntimeError(f"the first version was not registered: ended with {status}")
    shutil.copytree(home, fresh)
    outcome = Outcome()
    for line in count(1, step):
        shutil.rmtree(home)
        shutil.copytree(fresh, home)
        killed = forked(lambda line=line: kill_at(line, home, act))  # type: ignore[misc]
        if killed == 0:
            return outcome
        if killed != -signal.SIGKILL:
            raise RuntimeError(f"line {line}: ended with {killed}")
        outcome.faults += 1
        status = forked(lambda: os._exit(fault_in(home, act)))
        outcome.lost += [f"line {line}: {MEANINGS.get(status, f'ended with {status}')}"] if status else []
    raise AssertionError


def kill_at(line: int, home: Path, act: Callable[[ModelRegistry], object]) -> None:
    followed = registration.__file__ if act is registered else __file__
    registry, _ = opened(home)
    kill_at_line(line, lambda code: code.co_filename == followed)
    act(registry)
    sys.settrace(None)


def fault_in(home: Path, act: Callable[[ModelRegistry], object]) -> int:
    """0 if each version is whole, and there is one of the content once it was registered again, with the alias."""
    registry, _ = opened(home)
    if not all(is_whole(registry, version) for version in registry.versions()):
        return BROKEN
    act(registry)
    newest = [version.version for version in registry.versions() if version.version > 1]
    return 0 if newest == [2] and registry.aliases() == {"staging": 2} else LOST


def is_whole(registry: ModelRegistry, version: Any) -> bool:
    try:
        verify(registry, version)
    except RefusedModelError:
        return False
    return True


def write_in_place(registry: ModelRegistry) -> None:
    """Registers, and then writes a file of the version over."""
    version = registry.version(registered(registry).version)
    file = Path(version.files.removeprefix("file://")) / "model.skops"
    content = file.read_bytes()
    file.write_bytes(content[:100])
    file.write_bytes(content)


ACTS: dict[str, Callable[[ModelRegistry], object]] = {"registered": registered, "careless": write_in_place}


def main(act: str, step: int) -> None:
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        home = Path(folder) / "home"
        home.mkdir()
        print(json.dumps(asdict(kill_lines(home, step, ACTS[act]))))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
