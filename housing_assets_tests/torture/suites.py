"""Families that the test suite has whole: each of its tests is a fault."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from housing_assets_tests.torture.outcome import Outcome

TESTS = Path(__file__).parents[1]
TIMEOUT = "1200"
"""Seconds of one test, on a machine that has other work."""


def run_tests(*paths: str) -> Outcome:
    """The outcome of the tests at ``paths`` below the tests' folder.

    Raises:
        RuntimeError: none of them ran.
    """
    files = [str(TESTS / path) for path in paths]
    options = ["-q", "--tb=line", "-p", "no:cacheprovider", "-n", "2", "--dist", "loadfile", "--timeout", TIMEOUT]
    command = [sys.executable, "-m", "pytest", *options, *files]
    printed = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True, check=False).stdout
    tests = sum(number(printed, word) for word in ("passed", "failed", "error"))
    if not tests:
        raise RuntimeError(f"no test of {', '.join(paths)} ran:\n{printed[-2000:]}")
    wrong = re.findall(r"^(?:FAILED|ERROR) .*$", printed, re.MULTILINE)
    return Outcome(faults=tests, wrong=wrong)


def number(printed: str, word: str) -> int:
    counts = re.findall(rf"(\d+) {word}s?\b", printed)
    return int(counts[-1]) if counts else 0


def secrets() -> Outcome:
    """Canaries in every variable that can carry one."""
    return run_tests("secrets")


def supply_chain() -> Outcome:
    """Hashes on every way to install, known vulnerabilities, nothing but the lock in the environment that serves."""
    return run_tests("test_supply_chain.py", "delivery/test_vulnerabilities.py", "serving/test_slim_install.py")
