"""The sensors of ``to_price``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import dagster as dg
import pytest

from housing_assets.assets.predictions import FILES
from housing_assets.automation.arrivals import look
from housing_assets.automation.files_to_price import price_files
from housing_assets.price_definitions import build_price_definitions
from housing_assets.raw.inbox import LocalInbox
from housing_assets_tests.mlflow_server import first_users, mlflow_library
from housing_assets_tests.serving.published import digest, published

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets_tests.serving.published import Published

QUIET_SECONDS = 5.0

__all__ = ["first_users", "mlflow_library", "published"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOUSING_HOME", str(tmp_path))
    return tmp_path


def tick(name: str, instance: dg.DagsterInstance, cursor: str | None = None) -> Any:
    definitions = build_price_definitions()
    with dg.build_sensor_context(
        instance=instance,
        cursor=cursor,
        repository_def=definitions.get_repository_def(),
        resources=definitions.resources,
        sensor_name=name,
    ) as context:
        return definitions.resolve_sensor_def(name).evaluate_tick(context)


def test_a_file_becomes_a_partition_and_a_run(tmp_path: Path) -> None:
    inbox = LocalInbox(folder=str(tmp_path))
    (tmp_path / "rows.csv").write_text("rows")
    begun = datetime.now(UTC)
    first = look(None, inbox.waiting(), inbox.holds, begun, QUIET_SECONDS)
    later = begun + timedelta(seconds=2 * QUIET_SECONDS)
    second = look(first.to_json(), inbox.waiting(), inbox.holds, later, QUIET_SECONDS)
    result = price_files(second, inbox, FILES)
    assert not price_files(first, inbox, FILES).run_requests
    (request,) = result.run_requests or []
    (added,) = result.dynamic_partitions_requests or []
    assert (added.partitions_def_name, list(added.partition_keys)) == (FILES.name, [request.partition_key])
    assert (tmp_path / "taken" / str(request.partition_key)).read_text() == "rows"


def test_a_change_of_production_is_observed_once(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSING_HOME", str(published.home))
    published.promote(1)
    with dg.DagsterInstance.ephemeral() as instance:
        first = tick("production_changed", instance)
        second = tick("production_changed", instance, first.cursor)
        published.promote(2)
        third = tick("production_changed", instance, second.cursor)
    versions = [[event.tags["dagster/data_version"] for event in each.asset_events] for each in (first, second, third)]
    assert versions == [[digest(1)], [], [digest(2)]]


def test_nothing_in_production_is_no_failure(home: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert tick("production_changed", instance).skip_message
