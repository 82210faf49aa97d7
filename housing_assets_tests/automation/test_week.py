"""A week of files: 500 drops with duplicates, corrections and bad ones, on a real instance, store and ledger."""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import TYPE_CHECKING

import dagster as dg

from housing_assets_tests.automation.small_lineage import FEWEST_ROWS, Desk, raw_housing, registered_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

DROPS = 500
SENDERS_AT_ONCE = 6


def week(seed: int) -> Iterator[tuple[str, str]]:
    """Kind and content of each drop."""
    chance = random.Random(seed)
    rows, before = FEWEST_ROWS, "rubbish"
    for _ in range(DROPS):
        kind = chance.choices(
            ["new", "duplicate", "returning", "unreadable", "too few rows"], weights=[12, 70, 4, 8, 6]
        )[0]
        if kind == "new":
            rows += 1
        content = {
            "new": f"rows {rows}",
            "duplicate": before,
            "returning": f"rows {chance.randint(FEWEST_ROWS, rows)}",
            "unreadable": f"rubbish {chance.random()}",
            "too few rows": f"rows {chance.randrange(FEWEST_ROWS)}",
        }[kind]
        yield kind, content
        before = content if kind == "new" else before


def is_good(content: str) -> bool:
    words = content.split()
    return words[0] == "rows" and int(words[1]) >= FEWEST_ROWS


def expected_production(contents: list[str]) -> list[str]:
    """The ledger by the rule that people are told: every good content that is not the one in production."""
    promoted: list[str] = []
    for content in filter(is_good, contents):
        rows = f"{content.split()[1]} rows"
        if promoted[-1:] != [rows]:
            promoted.append(rows)
    return promoted


def expected_runs(contents: list[str]) -> int:
    """One for each content that is not the one in production, good or bad."""
    production, runs = "", 0
    for content in contents:
        runs += content != production
        production = content if is_good(content) else production
    return runs


def test_a_week_of_drops_ends_in_the_right_ledger(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    drops = list(week(seed=7))
    contents = [content for _, content in drops]
    started = time.perf_counter()
    with dg.DagsterInstance.ephemeral(tempdir=str(tmp_path)) as instance:
        desk, runs = Desk(tmp_path, instance, steps=(raw_housing, registered_model)), []
        for number, content in enumerate(contents):
            desk.drop(f"from_sender_{number % SENDERS_AT_ONCE}.csv", content, modified=number)
            if number % SENDERS_AT_ONCE == SENDERS_AT_ONCE - 1 or number == DROPS - 1:
                runs += desk.work_off()
    seconds = time.perf_counter() - started
    outcomes = Counter(run.status.value for run in runs)
    rejected = list((tmp_path / "inbox" / "rejected").glob("*.findings.json"))
    with capsys.disabled():
        print(  # noqa: T201  the figures are asked for
            f"\n{DROPS} drops {dict(Counter(kind for kind, _ in drops))}: {len(runs)} runs {dict(outcomes)}, "
            f"{DROPS - len(runs)} drops started none, {len(rejected)} rejected with findings, "
            f"{len(desk.production())} promotions, {seconds:.0f} s"
        )
    assert desk.production() == expected_production(contents)
    assert len(runs) == expected_runs(contents)
    assert len(rejected) == outcomes["FAILURE"] == sum(not is_good(content) for content in contents)
    assert not list((tmp_path / "inbox").glob("*.csv"))
