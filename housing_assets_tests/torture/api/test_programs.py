from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets_tests.torture.api.programs import ROOT, Log
from housing_assets_tests.torture.store.victims import write_log

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """With an answer that was seen."""
    write_log(LocalBlobs(tmp_path / "store"), "old")
    log = Log(tmp_path)
    assert (log.look().lost, log.known) == ([], {"old"})
    return log


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])


@pytest.mark.parametrize(
    ("harm", "found"), [(cut, "is half written"), (lambda file: file.unlink(), "1 answers are gone")]
)
def test_a_log_that_lost_an_answer_is_found(log: Log, harm: Callable[[Path], None], found: str) -> None:
    harm(next((log.home / "store").rglob("*.jsonl")))
    assert log.look().lost[0].endswith(found)


def test_other_prices_are_found(log: Log) -> None:
    log.prices = (1.0,)
    assert log.look().wrong == ["other prices are recorded"]


def test_an_answer_that_must_be_there_is_missed(log: Log) -> None:
    assert log.look("new").lost == ["1 answers are gone"]


def test_only_the_first_of_several_processes_is_killed(tmp_path: Path) -> None:
    file, mark = str(tmp_path / "file"), str(tmp_path / "mark")
    kill = f"from housing_assets_tests.storage.kills import kill_before as kill; kill(0, {file!r}, mark={mark!r})"
    command = [sys.executable, "-c", f"{kill}; open({file!r}, 'w').close()"]
    codes = [subprocess.run(command, cwd=ROOT, check=False).returncode for _ in range(2)]
    assert codes == [-signal.SIGKILL, 0]
