"""The pooled event log against Dagster's own, on the same files."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest
import yaml
from dagster._core.storage.event_log import SqliteEventLogStorage

from housing_assets.deployment.event_log import OPEN_RUNS, PooledSqliteEventLogStorage

ROOT = Path(__file__).parents[2]
WAIT_SECONDS = 20
RUN_ID = "5e6b1f0c-0000-4000-8000-000000000000"
EVENTS = 30


@dg.asset
def number(context: dg.AssetExecutionContext) -> int:
    context.log.info("one")
    return 1


@dg.asset_check(asset=number)
def positive() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = yaml.safe_load((ROOT / "dagster.yaml").read_text())
    return tmp_path / str(config["event_log_storage"]["config"]["base_dir"])


def run(instance: dg.DagsterInstance) -> str:
    return dg.materialize([number, positive], instance=instance).run_id


def entry(message: str) -> dg.EventLogEntry:
    return dg.EventLogEntry(None, logging.INFO, message, RUN_ID, time.time())  # type: ignore[no-untyped-call]


def messages(storage: SqliteEventLogStorage, run_id: str) -> list[str]:
    return [entry.user_message or entry.message for entry in storage.get_logs_for_run(run_id)]


def test_dagsters_own_class_reads_what_this_one_wrote(instance: dg.DagsterInstance, folder: Path) -> None:
    run_id = run(instance)
    own = SqliteEventLogStorage(str(folder))
    pooled = PooledSqliteEventLogStorage(str(folder))
    assert messages(own, run_id) == messages(pooled, run_id) != []
    assert own.get_latest_materialization_events([dg.AssetKey("number")])
    pooled.dispose()


def test_it_reads_what_dagsters_own_class_wrote(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "dagster.yaml").write_text(
        "storage: {sqlite: {base_dir: .housing/dagster}}\ntelemetry: {enabled: false}\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        with dg.DagsterInstance.from_config(str(tmp_path)) as own:
            run_id = run(own)
    pooled = PooledSqliteEventLogStorage(str(folder))
    assert "one" in messages(pooled, run_id)
    pooled.dispose()


def test_checks_are_found_again(instance: dg.DagsterInstance) -> None:
    run(instance)
    check = dg.AssetCheckKey(dg.AssetKey("number"), "positive")
    (record,) = instance.event_log_storage.get_asset_check_execution_history(check, limit=5)
    assert record.status.value == "SUCCEEDED"


def test_few_databases_stay_open_however_many_runs_there_were(instance: dg.DagsterInstance, folder: Path) -> None:
    for _ in range(OPEN_RUNS + 3):
        run(instance)
    handles = [link.resolve() for link in Path("/proc/self/fd").iterdir()]
    open_now = {file.name for file in handles if file.parent == folder and file.suffix == ".db"}
    assert 0 < len(open_now) <= OPEN_RUNS + 1


def test_writers_side_by_side_lose_nothing(folder: Path) -> None:
    logs = [PooledSqliteEventLogStorage(str(folder)) for _ in range(2)]

    def write(writer: int) -> None:
        for number in range(EVENTS):
            logs[writer].store_event(entry(f"{writer}-{number}"))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, range(2)))
    stored = messages(logs[0], RUN_ID)
    for log in logs:
        log.dispose()
    assert sorted(stored) == sorted(f"{writer}-{number}" for writer in range(2) for number in range(EVENTS))


def test_a_watcher_hears_of_events_that_another_process_writes(instance: dg.DagsterInstance, folder: Path) -> None:
    run_id = run(instance)
    watching = PooledSqliteEventLogStorage(str(folder))
    heard, finished = [], threading.Event()

    def hear(entry: dg.EventLogEntry, _cursor: str) -> None:
        heard.append(entry.user_message or entry.message)
        if entry.is_dagster_event and entry.get_dagster_event().is_job_success:
            finished.set()

    watching.watch(run_id, None, hear)
    assert finished.wait(WAIT_SECONDS)
    watching.end_watch(run_id, hear)
    watching.dispose()
    assert "one" in heard


def test_a_wiped_history_starts_anew(instance: dg.DagsterInstance) -> None:
    first = run(instance)
    instance.event_log_storage.wipe()
    second = run(instance)
    assert not instance.all_logs(first)
    assert instance.all_logs(second)
