"""Which runs raise which alert, read from the events of real runs."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest

from housing_assets.automation.notices import of_failure, of_success
from housing_assets.price_definitions import build_price_definitions
from housing_assets_tests.automation.small_lineage import MODEL, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from housing_assets.automation.alerts import Alert


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with dg.DagsterInstance.ephemeral(tempdir=str(tmp_path)) as instance:
        yield Desk(tmp_path, instance)


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What a webhook on loopback was sent."""
    bodies: list[dict[str, Any]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("HOUSING_WEBHOOK_URL", f"http://127.0.0.1:{server.server_address[1]}")
        yield bodies
        server.shutdown()


def last_run(desk: Desk, *contents: str) -> dg.DagsterRun:
    for number, content in enumerate(contents):
        desk.drop(f"{number}.csv", content, modified=number)
        runs = desk.work_off()
    return runs[-1]


def of_run(desk: Desk, *contents: str) -> list[Alert]:
    run = last_run(desk, *contents)
    return list(of_success(desk.instance, run, MODEL) if run.is_success else of_failure(desk.instance, run))


def test_a_new_model_in_staging_is_told(desk: Desk):
    (alert,) = of_run(desk, "rows 20")
    assert (alert.kind, alert.details["name"], alert.details["version"]) == ("staging_model", MODEL, "1")


def test_the_alert_of_a_model_has_the_metrics_people_know_it_by(desk: Desk):
    (alert,) = of_run(desk, "rows 20")
    assert alert.details["metrics"] == {"wmape": 20.0}


def test_a_model_that_is_reused_is_not_told(desk: Desk):
    last_run(desk, "rows 20")
    again = desk.launch(dg.RunRequest(run_key="again", run_config=desk.launched[0].run_config))
    assert list(of_success(desk.instance, again, MODEL)) == []


def test_drift_is_told(desk: Desk):
    assert [alert.kind for alert in of_run(desk, "rows 99")] == ["drift", "staging_model"]


def test_a_failed_gate_is_told_instead_of_the_failed_run(desk: Desk):
    (alert,) = of_run(desk, "rows 5")
    assert (alert.kind, alert.details["asset"]) == ("failed_gate", "raw_housing")


def test_a_failed_gate_is_told_with_what_was_judged(desk: Desk):
    (alert,) = of_run(desk, "rows 5")
    assert (alert.details["gates"][0]["value"], alert.details["gates"][0]["threshold"]) == (5, 10)


def test_a_failed_run_is_told_with_its_reason(desk: Desk):
    (alert,) = of_run(desk, "rubbish")
    assert alert.text.endswith("of retrain failed: the file has 2 fault(s):")


def test_the_reason_of_a_failed_run_is_that_of_the_last_attempt(desk: Desk):
    (desk.folder / "failures").write_text("4")
    (alert,) = of_run(desk, "rows 20")
    assert "the network is down" in alert.text


def test_a_run_whose_process_died_is_told(desk: Desk):
    job = desk.repository.get_job("retrain")
    run = desk.instance.create_run_for_job(job)
    desk.instance.report_run_failed(run)
    (alert,) = of_failure(desk.instance, run)
    assert alert.text.endswith("failed: the process of the run died")


def test_the_sensors_send_to_the_webhook(desk: Desk, received: list[dict[str, Any]]):
    for name in ("alert_on_failure", "alert_on_success"):
        desk.tick(name)
    last_run(desk, "rows 20", "rows 5")
    for name in ("alert_on_failure", "alert_on_success"):
        desk.tick(name)
    assert [body["kind"] for body in received] == ["failed_gate", "staging_model"]


def test_a_run_that_will_be_retried_is_not_told(desk: Desk, received: list[dict[str, Any]]):
    desk.tick("alert_on_failure")
    run = last_run(desk, "rubbish")
    desk.instance.add_run_tags(run.run_id, {"dagster/will_retry": "true"})
    desk.tick("alert_on_failure")
    assert received == []


def test_a_rollback_that_fails_is_told(tmp_path: Path, received: list[dict[str, Any]]):
    repository = build_price_definitions("local").get_repository_def()
    sensor, job = repository.get_sensor_def("alert_on_failed_day"), repository.get_job("automatic_rollback")
    with dg.DagsterInstance.ephemeral(tempdir=str(tmp_path)) as instance:
        cursor = None
        for _ in range(2):
            with dg.build_sensor_context(
                instance=instance, cursor=cursor, repository_def=repository, sensor_name=sensor.name
            ) as context:
                cursor = sensor.evaluate_tick(context).cursor
            if not received:
                config = {"ops": {"roll_back_by_evidence": {"config": {"day": "2026-03-01"}}}}
                broken = dg.ResourceDefinition(lambda _: {}["settings"])
                resources = {"settings": broken}
                job.execute_in_process(config, instance=instance, resources=resources, raise_on_error=False)
    assert [(body["kind"], "automatic_rollback" in body["text"]) for body in received] == [("run_failure", True)]
