from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

import pytest

from housing_assets.cli.runs.progress import Asset, Progress
from housing_assets.cli.runs.run_view import LiveView, PlainView, follow_file

if TYPE_CHECKING:
    from pathlib import Path

LOG = """2026-11-30T00:00:00.000Z WARNING one - 2 rows are odd:
  | row 1: price 0
2026-11-30T00:00:01.000Z INFO one - read as:
  | semicolons
2026-11-30T00:00:02.000Z INFO one ASSET_MATERIALIZATION {"asset": "one", "reused": false, "seconds": 2.5}
"""
WARNING = "warning  one: 2 rows are odd:\n  row 1: price 0\n"
READ = "one: read as:\n  semicolons\n"
DONE = "one                       done         2.5 s\n"


def shown(folder: Path, view: type[PlainView], detail: int) -> str:
    """What the view of that log writes."""
    (folder / "run.log").write_text(LOG)
    stream, ended = io.StringIO(), threading.Event()
    progress = Progress({"one": Asset()})
    held = view(progress, stream, detail)
    ended.set()
    follow_file(folder / "run.log", progress, held, ended)
    held.close()
    return stream.getvalue()


@pytest.mark.parametrize(
    ("detail", "text"), [(-1, WARNING), (0, WARNING + DONE), (1, WARNING + READ + DONE)], ids=["-q", "", "-v"]
)
def test_messages_of_several_lines_are_shown_whole(tmp_path: Path, detail: int, text: str):
    assert shown(tmp_path, PlainView, detail) == text


@pytest.mark.parametrize(("detail", "is_read"), [(0, False), (1, True)])
def test_the_live_view_shows_them_whole(tmp_path: Path, detail: int, *, is_read: bool):
    text = shown(tmp_path, LiveView, detail)
    assert WARNING in text
    assert (READ in text) == is_read
