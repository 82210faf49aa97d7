from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import pytest
import yaml

from housing_assets.domain.gates.catalogue import GATES
from housing_assets_tests.cli.commands import housing
from housing_assets_tests.conftest import ROOT
from housing_assets_tests.finished_run import entered
from housing_assets_tests.small_run import SMALL, SmallRun, few_rows

if TYPE_CHECKING:
    from pathlib import Path

RAW_GATES = [gate.name for gate in GATES["raw_housing"]]
SELECT = ("run", "--select", "raw_housing", "--config")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which the raw table was made and judged."""
    run = SmallRun(tmp_path_factory.mktemp("judged"))
    run.write(few_rows())
    (run.home / "dagster.yaml").write_bytes((ROOT / "dagster.yaml").read_bytes())
    strict = SMALL | {"gates": SMALL["gates"] | {"raw_housing": {"rows": 10_000_000}}}
    for name, settings in {"small.yaml": SMALL, "strict.yaml": strict}.items():
        (run.home / name).write_text(yaml.safe_dump(settings))
    with pytest.MonkeyPatch.context() as monkeypatch:
        entered(run, monkeypatch)
        monkeypatch.delenv("DAGSTER_HOME", raising=False)
        assert housing(*SELECT, "small.yaml").exit_code == 0
    return run.home


@pytest.fixture
def judged(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """``home``, entered."""
    entered(SmallRun(home), monkeypatch)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    return home


@pytest.fixture
def refused(judged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy, after a second run whose gate wants more rows than there are."""
    shutil.copytree(judged, tmp_path / "home")
    entered(SmallRun(tmp_path / "home"), monkeypatch)
    assert housing(*SELECT, "strict.yaml").exit_code == 1


def test_every_gate_of_the_run_has_a_line(judged: Path):
    result = housing("checks")
    lines = [line for line in result.stdout.splitlines() if line.startswith("raw_housing ")]
    assert [line.split()[1] for line in lines] == RAW_GATES
    assert result.exit_code == 0


def test_json_is_for_programs(judged: Path):
    found = json.loads(housing("checks", "--json").stdout)
    assert found["exit_status"] == 0
    assert [check["check"] for check in found["checks"]] == RAW_GATES


def test_markdown_is_for_a_pull_request(judged: Path):
    assert housing("checks", "--markdown").stdout.startswith(f"**{len(RAW_GATES)} checks: ")


def test_the_page_holds_all_that_it_shows(judged: Path):
    result = housing("checks", "--html", "page.html")
    page = (judged / "page.html").read_text(encoding="utf-8")
    assert result.stdout.endswith(": page.html\n")
    assert all(gate in page for gate in RAW_GATES)
    assert not re.search(r'(src|href)="(?!data:)', page)


def test_a_failed_gate_that_blocks_is_an_exit_status(refused: None):
    table, found = housing("checks"), json.loads(housing("checks", "--json").stdout)
    assert (table.exit_code, found["exit_status"]) == (1, 1)
    assert "FAILED  raw_housing.rows: " in table.stdout


def test_what_was_never_judged_has_not_passed(empty_home: Path):
    result = housing("checks")
    assert (result.exit_code, result.stdout) == (1, "No checks: nothing has been materialized yet.\n")
