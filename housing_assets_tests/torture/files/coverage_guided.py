"""``python -m housing_assets_tests.torture.files.coverage_guided TARGET RUNS FOLDER OPTIONS``: what atheris makes up.

It changes files of every format, and goes on with those that reach code that none reached before. The exit code is 0 if
each was read or refused with findings, within the limits of memory and time that libFuzzer is given.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import atheris

from housing_assets_tests.torture.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

READERS = "housing_assets.domain.data.reading"
MEGABYTES = 4096
SECONDS = 60
LONGEST_BYTES = 20_000


class HarmedReaderError(Exception):
    """A file was neither read nor refused."""


def read(content: bytes) -> None:
    """What a file of the inbox meets."""
    from housing_assets_tests.torture.files.hostile_files import fault_of

    if fault := fault_of("file", content):
        raise HarmedReaderError(fault)


def trust(content: bytes) -> None:
    """Reads without any care, to show that this is found."""
    import pandas as pd

    pd.read_json(content.decode())


TARGETS: dict[str, Callable[[bytes], None]] = {"read": read, "trust": trust}


def fuzz(target: str, runs: int, seed: int = 0) -> Outcome:
    """``runs`` files for ``target``, in a process of its own, which ends at the first that does harm."""
    from housing_assets_tests.torture.files.hostile_files import formats

    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate(formats()):
            Path(folder, str(number)).write_bytes(content[:LONGEST_BYTES])
        command = [sys.executable, "-m", __name__, target, str(runs), folder, f"-seed={seed or 1}"]
        limits = [f"-rss_limit_mb={MEGABYTES}", f"-timeout={SECONDS}", f"-max_len={LONGEST_BYTES}"]
        command += [*limits, f"-artifact_prefix={folder}/harmful-"]
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    printed = result.stdout.decode(errors="replace")
    told = re.findall(r"^.*(?:Error: |ERROR: ).*$", printed, re.MULTILINE)
    done = [int(number) for number in re.findall(r"^Done (\d+) runs", printed, re.MULTILINE)]
    wrong = [] if result.returncode == 0 and done else [" ".join(told)[:500] or printed[-500:]]
    return Outcome(faults=sum(done) or len(wrong), wrong=wrong)


def end_after(test: Callable[[bytes], None], runs: int) -> Callable[[bytes], None]:
    """``test``, at whose last run the process ends at once.

    libFuzzer's own end waits, with Python's lock in its hand, for a thread of Arrow that waits for this lock.
    """
    numbers = count(1)

    def run(content: bytes) -> None:
        test(content)
        if next(numbers) == runs:
            os.write(1, f"Done {runs} runs\n".encode())
            os._exit(0)

    return run


def main(target: str, runs: str, *options: str) -> None:
    with atheris.instrument_imports(include=[READERS]):
        import housing_assets.domain.data.reading.raw_file  # noqa: F401
    atheris.Setup([sys.argv[0], *options], end_after(TARGETS[target], int(runs)))
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
