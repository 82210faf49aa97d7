"""``housing run`` in a real terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from housing_assets.settings import merge_settings

if TYPE_CHECKING:
    import pytest

    from housing_assets_tests.small_run import SmallRun

HOUSING = str(Path(sys.executable).parent / "housing")
LONGEST_SECONDS = 200.0
CTRL_C = b"\x03"


def terminal_session(*arguments: str, stop_at: bytes = b"") -> tuple[int, str]:
    """The exit code, and all that the terminal showed; Ctrl-C is pressed once ``stop_at`` is there."""
    process, terminal = pty.fork()
    if process == 0:
        os.execv(HOUSING, [HOUSING, *arguments])  # noqa: S606
    shown, pressed, end = b"", not stop_at, time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.5)[0]:
            continue
        try:
            shown += os.read(terminal, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not pressed and stop_at in shown:
            pressed = os.write(terminal, CTRL_C) == 1
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), shown.decode()


def test_ctrl_c_ends_with_two_lines_and_130(project: SmallRun):
    settings = yaml.safe_load((project.home / "small.yaml").read_text())
    changed = {"sweep": {"count": 5000, "algorithm": "ridge"}}
    (project.home / "small.yaml").write_text(yaml.safe_dump(merge_settings(settings, changed)))
    code, shown = terminal_session("run", "--config", "small.yaml", stop_at=b"best so far")
    *_, stopped, how_to_go_on = shown.strip().splitlines()
    assert code == 130
    assert "Stopped: 0 computed in 0.0 s, 11 reused. Log: " in stopped
    assert how_to_go_on == "What was computed is kept. To go on, give the same command again."
    assert "sweep_results             stopped" in shown
    assert "Traceback" not in shown


def test_the_live_view_has_no_line_of_a_log_and_no_colour_where_none_is_wanted(
    project: SmallRun, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("NO_COLOR", "1")
    code, shown = terminal_session("run", "--config", "small.yaml", "--select", "*imputer")
    assert code == 0
    assert "imputer                   reused" in shown
    assert "dagster - INFO" not in shown
    assert "\x1b[34m" not in shown


def test_what_is_said_in_a_run_is_in_its_log(project: SmallRun):
    command = [HOUSING, "run", "--config", "small.yaml", "--select", "raw_housing", "--force"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True)
    log = Path(shown.stdout.partition("Log: ")[2].splitlines()[0])
    assert "raw_housing - read as: a table in Parquet" in log.read_text()
    assert shown.stderr == ""
