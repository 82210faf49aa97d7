"""The API and the daemon of a simulated month, as its driver meets them."""

from __future__ import annotations

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.domain.schema import PREDICTORS
from housing_assets.price_definitions import build_price_definitions
from housing_assets.settings import merge_settings
from housing_assets_tests.automation.daemon import Project, until
from housing_assets_tests.benchmark.month_setting import SETTINGS, Market
from housing_assets_tests.serving.api.requests import instances
from housing_assets_tests.small_run import SmallRun

if TYPE_CHECKING:
    import numpy as np

LIVE: dict[str, Any] = {
    "serving": {"shadow": True, "flush_seconds": 2},
    "monitoring": {"automatic_rollback": True, "look_seconds": 5},
    "automation": {"inbox_seconds": 5},
    "gates": {"prediction_log": {"clock": {"warn": 1e9}}},
}
"""Files keep the times of the system's clock, which records are ahead of."""

CLIENTS, SOLD_AT_ONCE = 8, 5_000
JUDGED_BY = ("watch_days", "roll_back_after_day_succeeded", "roll_back_after_day_failed")
LONGEST_JUDGEMENT = 300


def live_definitions(home: str) -> dg.Definitions:
    """What is partitioned, over the small lineage in ``home``."""
    run = SmallRun(Path(home), overrides=merge_settings(SETTINGS, LIVE))
    return build_price_definitions("local", overrides=run.resources())


class Api:
    """Asked by several clients, each over a connection that it keeps."""

    def __init__(self, port: int, market: Market) -> None:
        self.port = port
        rows = instances(market.rows[list(PREDICTORS)])
        self.bodies = [json.dumps({"instances": [row]}).encode() for row in rows]

    def ask(self, places: np.ndarray) -> tuple[list[str], float]:
        """Ids of the prices of those houses, and how long all of them took.

        Raises:
            RuntimeError: one was not answered.
        """
        ids = [""] * len(places)

        def run(client: int) -> None:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)) as connection:
                for number in range(client, len(places), CLIENTS):
                    answer = posted(connection, "/api/v1/predict", self.bodies[places[number]])
                    ids[number] = f"{answer['X-Request-ID']}.0"

        started = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as clients:
            list(clients.map(run, range(CLIENTS)))
        return ids, time.monotonic() - started

    def sell(self, outcomes: list[dict[str, Any]]) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)) as connection:
            for start in range(0, len(outcomes), SOLD_AT_ONCE):
                body = json.dumps({"outcomes": outcomes[start : start + SOLD_AT_ONCE]}).encode()
                posted(connection, "/api/v1/outcomes", body)


def posted(connection: http.client.HTTPConnection, path: str, body: bytes) -> http.client.HTTPMessage:
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 300:
        raise RuntimeError(f"{path}: {answer.status}: {content[:300]!r}")
    return answer.headers


class Watcher:
    """The daemon, as its history shows it."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def said_of(self, day: str) -> list[str]:
        """What did not pass of ``day``, once it is judged and nothing follows from it any more."""
        until(lambda: self._is_settled(day), LONGEST_JUDGEMENT, f"the judgement of {day}")
        (run, *_) = self._runs_of(day)
        kind = dg.DagsterEventType.ASSET_CHECK_EVALUATION
        logged = self.project.instance.all_logs(run.run_id, of_type=kind)
        checks = [entry.get_dagster_event().asset_check_evaluation_data for entry in logged]
        failed = [
            f"{each.asset_key.to_user_string()}.{each.check_name}: {str(each.description)[:110]}"
            for each in checks
            if not each.passed
        ]
        return failed or ["quiet" if checks else "the run failed before any check"]

    def _runs_of(self, day: str) -> list[dg.DagsterRun]:
        """Newest first."""
        return self.project.instance.get_runs(dg.RunsFilter(job_name="watch", tags={"dagster/partition": day}))

    def _is_settled(self, day: str) -> bool:
        """All runs are at their end, and each sensor that follows them has looked since."""
        records = self.project.instance.get_run_records()
        if not self._runs_of(day) or not all(record.dagster_run.is_finished for record in records):
            return False
        end = max(record.end_time or 0 for record in records)
        return all(self._has_looked_since(sensor, end) for sensor in JUDGED_BY)

    def _has_looked_since(self, sensor: str, moment: float) -> bool:
        return any(tick.is_completed and tick.timestamp > moment for tick in self.project.ticks(sensor)[:2])
