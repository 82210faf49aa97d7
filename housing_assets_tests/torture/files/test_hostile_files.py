from __future__ import annotations

import os
import random
import signal

import pytest

from housing_assets_tests.torture.files.hostile_files import (
    HEADER,
    NAMED,
    Limits,
    batches,
    fault_of,
    formats,
    mutated,
    read_apart,
)

LONG = {"parquet of dictionaries", "bomb in a bomb", "tar of a bomb", "bomb", "only line ends", "endless commas"}
"""Those that take more than a quarter of a second."""


@pytest.mark.parametrize("name", sorted(NAMED.keys() - LONG))
def test_it_is_read_or_refused_with_findings(name: str) -> None:
    assert fault_of(name, NAMED[name]()) is None


def test_changed_files_of_every_format_are_read_or_refused() -> None:
    chance = random.Random(1)
    files = {str(number): mutated(chance, content) for number in range(40) for content in formats()}
    assert [text for batch in batches(files) for text in read_apart(batch).wrong] == []


def test_a_crash_of_the_reader_is_found() -> None:
    deadly = {"deadly": lambda: bytes(os.kill(os.getpid(), signal.SIGKILL) or 0)}
    assert read_apart(deadly).wrong == ["deadly: ended with -9"]


def test_a_reader_that_needs_too_much_is_found() -> None:
    hungry = {"hungry": lambda: HEADER + b"\n" + b"1,2,3,4,5,6,7,8,9,INLAND\n" * 2_000_000}
    assert read_apart(hungry, Limits(500, 1_200_000_000)).wrong
