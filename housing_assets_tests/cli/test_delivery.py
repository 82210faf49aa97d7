from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from housing_assets_tests.cli.commands import housing
from housing_assets_tests.conftest import ROOT
from housing_assets_tests.finished_run import evaluated, releases_of
from housing_assets_tests.gcs_emulator import free_port
from housing_assets_tests.registry.models import registered as version_of_model
from housing_assets_tests.serving.published import Published, copied, digest
from housing_assets_tests.serving.server import running

if TYPE_CHECKING:
    from housing_assets_tests.mlflow_server import FirstUsers
    from housing_assets_tests.small_run import SmallRun


def test_what_was_registered_is_named_as_the_outputs_of_a_step(project: SmallRun):
    value = project.loaded("registered_model")
    lines = housing("registered").stdout.splitlines()
    assert lines == [f"{name}={value[name]}" for name in ("name", "version", "digest")]


def test_its_card_is_printed(project: SmallRun):
    card = housing("registered", "--card").stdout
    assert card.startswith("# ")
    assert project.loaded("registered_model")["digest"] in card


def test_nothing_is_registered_yet(empty_home: Path):
    result = housing("registered")
    assert (result.exit_code, "nothing is registered yet: housing run" in result.stderr) == (2, True)


def test_the_api_answers_with_the_version_that_was_promoted(published: Published):
    published.promote(1)
    with running(published.home) as (_, port):
        address = f"http://127.0.0.1:{port}"
        first = housing("smoke-test", address, "--version", "1")
        assert (first.exit_code, first.stdout.startswith(f"version 1 ({digest(1)[:12]}) answers: ")) == (0, True)

        other = housing("smoke-test", address, "--version", "2", "--seconds", "0")
        assert (other.exit_code, "the answer names version 1" in other.stderr) == (1, True)

        published.promote(2)
        assert housing("smoke-test", address, "--version", "2", "--seconds", "60").exit_code == 0


def test_an_api_that_has_no_prices_fails(published: Published):
    with running(published.home) as (_, port):
        result = housing("smoke-test", f"http://127.0.0.1:{port}", "--version", "1", "--seconds", "0")
    assert (result.exit_code, "did not answer with version 1: " in result.stderr) == (1, True)


def test_an_api_that_is_not_there_fails():
    result = housing("smoke-test", f"http://127.0.0.1:{free_port()}", "--version", "1", "--seconds", "0")
    assert (result.exit_code, "Nothing answers at" in result.stderr) == (1, True)


def test_without_a_version_the_ledger_says_which(empty_home: Path):
    result = housing("smoke-test", "http://127.0.0.1:1", "--seconds", "0")
    assert (result.exit_code, "nothing is in production yet" in result.stderr) == (2, True)


def promote_by_script(port: int, seconds: int) -> subprocess.CompletedProcess[str]:
    """What the workflow runs, for version 2."""
    variables = {
        "HOUSING": str(Path(sys.executable).parent / "housing"),
        "VERSION": "2",
        "WHY": "a test",
        "API_URL": f"http://127.0.0.1:{port}",
        "SECONDS_TO_ANSWER": str(seconds),
    }
    program = ["bash", str(ROOT / ".github" / "scripts" / "promote.sh")]
    return subprocess.run(program, env=os.environ | variables, check=False, capture_output=True, text=True)


@pytest.fixture
def another(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, first_users: FirstUsers) -> Published:
    """Versions of another home."""
    return copied(tmp_path_factory.getbasetemp(), first_users[0] / "mlflow.db", tmp_path / "another")


def test_a_promotion_that_the_api_does_not_follow_is_taken_back(finished_run: SmallRun, another: Published):
    """The API, which is another home's, follows at first, and then does not."""
    releases = releases_of(finished_run)
    releases.promote(1, who="Ada", why="a test")
    evaluated(finished_run, version_of_model(releases.registry).digest)
    releases.promote(2, who="Ada", why="a test")
    for version in (1, 2):
        another.promote(version)
    with running(another.home) as (_, port):
        followed = promote_by_script(port, seconds=60)
        assert followed.returncode == 0, followed.stderr
        assert [entry.action for entry in releases.history()] == ["promotion", "promotion"]

        another.promote(1)
        assert housing("smoke-test", f"http://127.0.0.1:{port}", "--version", "1", "--seconds", "60").exit_code == 0
        refused = promote_by_script(port, seconds=0)
    assert refused.returncode == 1, refused.stderr
    last = releases.history()[-1]
    assert (last.action, last.to_version) == ("rollback", 1)
    assert last.why == "the API did not answer with version 2"
