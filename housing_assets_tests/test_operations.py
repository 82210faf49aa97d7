"""The page for whoever operates this: its commands run, or parse, and its tables say what the code says."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from dagster import DagsterInstance

from housing_assets.cli import main
from housing_assets.deployment.permissions import NEEDS
from housing_assets_tests.conftest import ROOT
from housing_assets_tests.mlflow_server import first_users, mlflow_library
from housing_assets_tests.postgres_server import OWNER, PASSWORD, postgres_server
from housing_assets_tests.serving.api.requests import instances
from housing_assets_tests.serving.published import published
from housing_assets_tests.serving.server import running
from housing_assets_tests.serving.small_model import new_rows

if TYPE_CHECKING:
    from housing_assets_tests.postgres_server import PostgresServer
    from housing_assets_tests.serving.published import Published

__all__ = ["first_users", "mlflow_library", "postgres_server", "published"]

PAGE = (ROOT / "docs" / "operations.md").read_text()
BLOCKS = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.startswith("housing ")]


def block(beginning: str) -> str:
    """The block that has a line that begins so."""
    (found,) = [block for block in BLOCKS if any(line.startswith(beginning) for line in block.splitlines())]
    return found


def bash(script: str, folder: Path, **variables: str) -> str:
    """What the script prints, run in ``folder`` with our programs first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)} | variables
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("script", BLOCKS)
def test_a_block_is_a_script(script: str) -> None:
    subprocess.run(["bash", "-n", "-c", script], check=True, capture_output=True)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_ours_is_understood(line: str) -> None:
    _, name, *arguments = shlex.split(line)
    command = main.get_command(click.Context(main), name)
    assert command is not None
    command.make_context(name, arguments)


def test_a_command_that_is_misspelled_is_seen() -> None:
    command = main.get_command(click.Context(main), "rollback")
    assert command is not None
    with pytest.raises(click.UsageError):
        command.make_context("rollback", ["--wy", "REASON"])


def test_every_file_of_a_command_is_there() -> None:
    named = re.findall(r"housing_assets/deployment/[\w./-]+", "".join(BLOCKS))
    assert named
    assert [file for file in named if not (ROOT / file).exists()] == []


def test_the_permissions_are_those_that_doctor_tries() -> None:
    assert dict(re.findall(r"^\| `(storage\.[\w.]+)` \| (.*) \|$", PAGE, re.MULTILINE)) == NEEDS


def test_the_workflows_are_those_that_there_are() -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", PAGE[PAGE.index("## Deliver") : PAGE.index("## Upgrade")], re.MULTILINE))
    assert told == {path.stem for path in (ROOT / ".github" / "workflows").glob("*.yml")}


def answers(home: Path) -> tuple[Any, Any]:
    """Model and predictions of the API over ``home``."""
    with running(home, workers=1) as (_, port):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v1/predict",
            json.dumps({"instances": instances(new_rows(5))}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = json.load(response)
    return answer["model"], answer["predictions"]


def test_what_is_restored_into_an_empty_home_gives_the_same_answers(published: Published, tmp_path: Path) -> None:
    published.promote(2)
    before = answers(published.home)
    (tmp_path / "old").mkdir()
    published.home.rename(tmp_path / "old" / ".housing")
    bash(block("tar --create"), tmp_path / "old")
    new = tmp_path / "new"
    new.mkdir()
    (tmp_path / "old" / "BACKUP.tar").rename(new / "BACKUP.tar")
    (tmp_path / "old" / ".housing").rename(tmp_path / "gone")
    said = bash(block("tar --extract"), new, HOUSING_HOME=str(new / ".housing"), HOUSING_PROFILE="local")
    assert "are what was registered" in said
    assert answers(new / ".housing") == before


def test_the_databases_are_restored_into_empty_ones(postgres_server: PostgresServer, tmp_path: Path) -> None:
    place = f"postgresql://{OWNER}@127.0.0.1:{postgres_server.port}"
    programs = {"PATH": f"{postgres_server.programs}{os.pathsep}{os.environ['PATH']}", "PGPASSWORD": PASSWORD}
    for beginning, suffix in (("pg_dump", "saved"), ("pg_restore", "restored")):
        for name in ("dagster", "mlflow"):
            postgres_server.sql(f"CREATE DATABASE {name}_{suffix}", database="postgres")
        if suffix == "saved":
            postgres_server.sql("CREATE TABLE kept ()", database="dagster_saved")
        commands = [line for line in block(beginning).splitlines() if line.startswith("pg_")]
        databases = {f"{name.upper()}_DATABASE": f"{place}/{name}_{suffix}" for name in ("dagster", "mlflow")}
        bash("\n".join(commands), tmp_path, **programs | databases | {"PGCLIENTENCODING": "UTF8"})
    postgres_server.sql("DROP TABLE kept", database="dagster_restored")


def test_dagsters_history_is_migrated(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_bytes((ROOT / "dagster.yaml").read_bytes())
    (command,) = [line for line in block("dagster instance").splitlines() if line.startswith("dagster")]
    bash(command, tmp_path, DAGSTER_HOME=str(tmp_path))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        with DagsterInstance.from_config(str(tmp_path)) as instance:
            assert instance.get_runs_count() == 0
