from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from housing_assets.cli.runs.run_log import Message, RunFileHandler, parse_messages

if TYPE_CHECKING:
    from pathlib import Path


def written(folder: Path, *texts: str) -> list[str]:
    """The lines of a log after these warnings."""
    handler = RunFileHandler(folder / "run.log", encoding="utf-8")
    for text in texts:
        handler.emit(logging.LogRecord("steps", logging.WARNING, __file__, 1, text, None, None))
    handler.close()
    return (folder / "run.log").read_text().splitlines()


def test_a_message_of_several_lines_is_read_whole(tmp_path: Path):
    lines = written(tmp_path, "2 rows are odd:\nrow 1: price 0\nrow 9: price 1", "and another")
    assert [message.text for message in parse_messages(lines)] == [
        "2 rows are odd:\nrow 1: price 0\nrow 9: price 1",
        "and another",
    ]


def test_what_a_library_writes_is_no_message(tmp_path: Path):
    lines = ["Traceback (most recent call last):", '  File "x.py", line 1', *written(tmp_path, "odd"), "  | of nobody"]
    assert parse_messages(["  | of nobody", *lines[:-1]]) == [Message("WARNING", "-", "-", "odd")]
