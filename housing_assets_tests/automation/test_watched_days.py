"""Which day is judged next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest

from housing_assets.automation.rollback import roll_back_bad_version, rollback_job
from housing_assets.automation.watched_days import next_day
from housing_assets.price_definitions import build_price_definitions
from housing_assets.serving.log.log_files import ANSWERS, OUTCOMES, write_lines
from housing_assets.storage.backends.local_blobs import LocalBlobs

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 3, 6)
FIRST_DAY = "2026-01-01"
LATE_DAYS = 3


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    found = LocalBlobs(tmp_path)
    for day in ("2026-03-01", "2026-03-04", "2026-03-06"):
        write_lines(found, ANSWERS, day, [b"line\n"])
    return found


def judged(blobs: LocalBlobs, cursor: str | None = None) -> tuple[list[str], str | None]:
    """The days that are judged one after the other, and the cursor after them."""
    days = []
    while found := next_day(blobs, cursor, TODAY, LATE_DAYS, FIRST_DAY):
        days.append(found.day)
        cursor = found.cursor
        assert len(days) < 20
    return days, cursor


def test_every_day_that_is_over_is_judged_once_silent_ones_too(blobs: LocalBlobs):
    days, cursor = judged(blobs)
    assert days == [f"2026-03-0{number}" for number in range(1, 6)]
    assert judged(blobs, cursor)[0] == []


def test_before_the_first_record_there_are_no_days(tmp_path: Path):
    assert judged(LocalBlobs(tmp_path))[0] == []


def test_a_record_of_a_day_before_all_partitions_begins_nothing(blobs: LocalBlobs):
    write_lines(blobs, ANSWERS, "2025-12-31", [b"line\n"])
    assert judged(blobs)[0][0] == "2026-03-01"


@pytest.mark.parametrize("folder", [ANSWERS, OUTCOMES])
def test_a_day_is_judged_again_when_records_of_it_come_late(blobs: LocalBlobs, folder: str):
    _, cursor = judged(blobs)
    write_lines(blobs, folder, "2026-03-03", [b"late\n"])
    assert judged(blobs, cursor)[0] == ["2026-03-03"]


def test_what_comes_too_late_is_left(blobs: LocalBlobs):
    _, cursor = judged(blobs)
    write_lines(blobs, ANSWERS, "2026-03-01", [b"late\n"])
    assert judged(blobs, cursor)[0] == []


def tick(instance: dg.DagsterInstance, cursor: str | None = None) -> Any:
    definitions = build_price_definitions("local")
    with dg.build_sensor_context(
        instance=instance,
        cursor=cursor,
        repository_def=definitions.get_repository_def(),
        resources=definitions.resources,
        sensor_name="watch_days",
    ) as context:
        return definitions.resolve_sensor_def("watch_days").evaluate_tick(context)


def test_the_sensor_starts_a_run_for_one_day_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSING_HOME", str(tmp_path))
    days = [(datetime.now(UTC).date() - timedelta(days=back)).isoformat() for back in (2, 1)]
    write_lines(LocalBlobs(tmp_path / "store"), ANSWERS, days[0], [b"line\n"])
    with dg.DagsterInstance.ephemeral() as instance:
        first = tick(instance)
        second = tick(instance, first.cursor)
        third = tick(instance, second.cursor)
    asked = [[request.partition_key for request in each.run_requests or []] for each in (first, second, third)]
    assert asked == [[days[0]], [days[1]], []]


@dg.job
def nothing() -> None:
    """Of no step."""


def after_a_day(*, is_on: bool) -> Any:
    """What the sensor of rollbacks asks for after a run of a day."""
    sensor, _ = roll_back_bad_version(nothing, rollback_job(), 10, is_on=is_on)
    with dg.DagsterInstance.ephemeral() as instance:
        result = nothing.execute_in_process(instance=instance, tags={"dagster/partition": "2026-03-01"})
        context = dg.build_run_status_sensor_context(
            sensor.name, result.get_run_success_event(), instance, result.dagster_run
        )
        return sensor(context)


def test_a_rollback_is_only_thought_of_where_it_is_switched_on() -> None:
    request = after_a_day(is_on=True)
    assert request.run_config == {"ops": {"roll_back_by_evidence": {"config": {"day": "2026-03-01"}}}}
    assert "is off" in str(after_a_day(is_on=False).skip_message)
