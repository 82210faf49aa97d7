from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from housing_assets_tests.benchmark.simulated_clock import AHEAD, variables_of

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import time
from datetime import UTC, datetime
from housing_assets_tests.benchmark.simulated_clock import put_forward_to
before = time.monotonic()
put_forward_to("2099-03-01", 9)
put_forward_to("2098-01-01", 0)
time.sleep(0.01)
print(datetime.now(UTC).isoformat()[:16], time.monotonic() - before < 60)
"""


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    return variables_of(tmp_path)


def run(program: str, variables: dict[str, str]) -> str:
    return subprocess.check_output([sys.executable, "-c", program], env=os.environ | variables, text=True).strip()


def test_it_is_put_forward_never_back_and_durations_stay(variables: dict[str, str]):
    assert run(PROGRAM, variables) == "2099-03-01T09:00 True"


def test_other_programs_have_the_same_clock(variables: dict[str, str], tmp_path: Path):
    (tmp_path / "ahead").write_bytes(AHEAD.pack(1_000_000))
    assert float(run("import time; print(time.time())", variables)) > time.time() + 999_000


def test_without_its_file_it_is_the_clock_of_the_system(variables: dict[str, str], tmp_path: Path):
    (tmp_path / "ahead").unlink()
    assert abs(float(run("import time; print(time.time())", variables)) - time.time()) < 999_000
