from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from housing_assets.deployment.cpu_quota import LIMITS

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

WHAT_IT_SEES = "import os; print(os.environ.get('WANDB_API_KEY'), os.environ['OMP_NUM_THREADS'], os.getpid())"


def started(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    entrypoint = [sys.executable, "-S", "-m", "housing_assets.deployment.entrypoint"]
    environment = {name: value for name, value in os.environ.items() if name not in LIMITS}
    return subprocess.run(
        [*entrypoint, *command], env=environment | variables, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_command_gets_the_secret_and_a_limit_of_threads(tmp_path: Path):
    (tmp_path / "key").write_text("a-key\n")
    answer = started(sys.executable, "-c", WHAT_IT_SEES, WANDB_API_KEY_FILE=str(tmp_path / "key"))
    key, threads, _ = answer.stdout.split()
    assert (key, int(threads) >= 1) == ("a-key", True)


def test_the_command_takes_the_place_of_the_entrypoint():
    with subprocess.Popen(
        [sys.executable, "-m", "housing_assets.deployment.entrypoint", sys.executable, "-c", WHAT_IT_SEES],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert int(process.stdout.read().split()[-1]) == process.pid


def test_a_limit_that_is_set_stays():
    assert started(sys.executable, "-c", WHAT_IT_SEES, OMP_NUM_THREADS="77").stdout.split()[1] == "77"


def test_another_user_of_the_group_may_change_what_the_command_makes(tmp_path: Path):
    started("touch", str(tmp_path / "made"))
    assert (tmp_path / "made").stat().st_mode & 0o060 == 0o060


def test_the_status_of_the_command_is_that_of_the_container():
    assert started(sys.executable, "-c", "raise SystemExit(7)").returncode == 7


def test_a_missing_secret_is_one_message():
    answer = started("true", WANDB_API_KEY_FILE="/run/secrets/none")
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 2)
    assert "WANDB_API_KEY_FILE=/run/secrets/none: No such file or directory: mount the secret there" in answer.stderr


def test_a_command_that_is_not_there_is_named():
    answer = started("no-such-command")
    assert (answer.returncode, answer.stderr) == (
        2,
        "housing: no-such-command cannot be started: No such file or directory\n",
    )


def test_without_a_command_its_use_is_told():
    assert started().stderr.startswith("usage: ")


def test_it_needs_python_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """``-S`` leaves installed packages out."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert started("true").returncode == 0
