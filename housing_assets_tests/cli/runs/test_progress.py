from __future__ import annotations

import json

import pytest

from housing_assets.cli.runs.progress import Asset, Progress
from housing_assets.cli.runs.run_log import Message


def after(*messages: Message) -> Progress:
    progress = Progress({"one": Asset(), "two": Asset()})
    for message in messages:
        progress.add(message)
    return progress


@pytest.mark.parametrize(
    ("text", "counter"),
    [
        ("grids, fit 61 of 87: random_forest in 0.8 s", ("fit", 61, 87, "random_forest in 0.8 s")),
        ("trial 4 of 50, best so far 11.2 (trial 3)", ("trial", 4, 50, "best so far 11.2 (trial 3)")),
        ("1.5 of 3.0 MB from example.org", ("MB", 1.5, 3.0, "MB from example.org")),
        ("1,500 of 20,000 rows", None),
        ("best of 5 strategies: knn", None),
    ],
)
def test_what_counts_is_told_from_other_messages(text: str, counter: tuple[str, float, float, str] | None):
    assert after(Message("INFO", "one", "-", text)).counter == counter


def test_an_asset_that_ended_ends_its_bar():
    content = json.dumps({"asset": "one", "reused": False, "seconds": 2.5})
    progress = after(
        Message("INFO", "one", "-", "fit 1 of 2"), Message("DEBUG", "one", "ASSET_MATERIALIZATION", content)
    )
    assert (progress.counter, progress.total()) == (None, "1 computed in 2.5 s, 0 reused")


def test_warnings_are_kept_and_what_is_not_tried_is_none():
    skipped = "Dependencies for step two failed: ['one']. Not executing."
    progress = after(Message("WARNING", "one", "-", "odd"), Message("ERROR", "two", "-", skipped))
    assert progress.warnings == ["one: odd"]
    assert progress.assets["two"].state == "skipped"


def test_the_total_counts_what_failed():
    assert after(Message("DEBUG", "one", "STEP_FAILURE", "no")).total() == "0 computed in 0.0 s, 0 reused, 1 failed"


def test_an_asset_that_runs_shows_its_seconds():
    progress = after(Message("DEBUG", "one", "STEP_START", "Started"))
    progress.assets["one"].started -= 75
    assert progress.line("one").split() == ["one", "running", "75", "s"]
