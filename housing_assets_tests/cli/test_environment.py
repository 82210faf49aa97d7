from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.profiles import PROFILES
from housing_assets_tests.cli.commands import housing
from housing_assets_tests.postgres_server import DATABASE, OWNER, PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from housing_assets_tests.postgres_server import PostgresServer


def rows(output: str) -> dict[str, list[str]]:
    """Name and detail of each line after the profile, by outcome."""
    found: dict[str, list[str]] = {"ok": [], "FAILED": []}
    for line in output.splitlines()[1:]:
        outcome, rest = line.split(maxsplit=1)
        found[outcome].append(rest)
    return found


def test_the_local_profile_works_without_any_account(empty_home: Path):
    result = housing("doctor")
    assert (result.exit_code, rows(result.stdout)["FAILED"]) == (0, [])
    names = [row.split("  ")[0] for row in rows(result.stdout)["ok"]]
    assert names == ["settings", "store", "raw file", "MLflow", "W&B"]


def test_it_leaves_nothing_in_the_store(empty_home: Path):
    housing("doctor")
    assert [path for path in (empty_home / "home" / "store").rglob("*") if path.is_file()] == []


def test_each_fault_is_named_beside_what_works(empty_home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_RAW_URI", "nowhere.csv")
    result = housing("doctor")
    (fault,) = rows(result.stdout)["FAILED"]
    assert result.exit_code == 1
    assert fault.startswith("raw file")
    assert "nowhere.csv" in fault


def test_the_cloud_profile_names_every_variable_that_is_missing(empty_home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_PROFILE", "gcp")
    needed = [variable for variable in PROFILES["gcp"].variables if variable.default is None]
    for variable in needed:
        monkeypatch.delenv(variable.name, raising=False)
    result = housing("doctor")
    assert result.exit_code == 1
    assert [row.split()[0] for row in rows(result.stdout)["FAILED"]] == [variable.name for variable in needed]
    assert all(f"missing: {variable.meaning} ({variable.source})" in result.stdout for variable in needed)


def test_the_variables_may_be_in_a_file(empty_home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOUSING_PROFILE", "gcp")
    monkeypatch.setenv("GCS_BUCKET_NAME", "from the environment")  # restored afterwards, whatever .env sets
    monkeypatch.delenv("GCS_BUCKET_NAME")
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    (empty_home / ".env").write_text("GCS_BUCKET_NAME=bucket\n")
    assert "GCS_BUCKET_NAME          set" in housing("doctor").stdout


def test_the_cloud_profile_tries_the_database(
    empty_home: Path, postgres_server: PostgresServer, bucket: str, monkeypatch: pytest.MonkeyPatch
):
    """With a password that is not quoted; all else but MLflow answers, too."""
    place = f"127.0.0.1:{postgres_server.port}/{DATABASE}"
    variables = {
        "HOUSING_PROFILE": "gcp",
        "HOUSING_RAW_URI": "carried",
        "GCS_BUCKET_NAME": bucket,
        "MLFLOW_TRACKING_URI": "http://127.0.0.1:1",
        "WANDB_API_KEY": "0" * 40,
        "DAGSTER_POSTGRES_URL": f"postgres://{OWNER}:{PASSWORD}@{place}",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = rows(housing("doctor").stdout)
    assert [row.split()[0] for row in found["FAILED"]] == ["MLflow"]
    (database,) = [row for row in found["ok"] if row.startswith("Postgres ")]
    assert database.endswith(f"database {DATABASE}, user {OWNER}")
