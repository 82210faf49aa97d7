"""``housing up`` as a person starts it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from housing_assets.cli import main
from housing_assets_tests.gcs_emulator import free_port

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("dagster.yaml", "workspace.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.delenv("HOUSING_HOME", raising=False)
    return tmp_path


def members(folder: Path) -> list[str]:
    """Other processes that have ``folder`` as their working directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        try:
            if (process / "cwd").readlink() == folder:
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return [command for command in found if command]


def words(process: subprocess.Popen[str], until: str) -> str:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if until in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


@pytest.fixture
def odd_place(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with blanks and umlauts, behind a link, longer than the path of a socket may be; no locale, no home."""
    folder = project / "Häuser und Preise" / ("x" * 120)
    folder.mkdir(parents=True)
    for name in ("dagster.yaml", "workspace.yaml"):
        shutil.copy(project / name, folder)
    (folder / "tmp").mkdir()
    (project / "link").symlink_to(folder)
    monkeypatch.chdir(project / "link")
    for name, value in {"LC_ALL": "C", "HOME": "/proc/none"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TMPDIR", str(folder / "tmp"))
    return folder


@pytest.mark.timeout(300)
def test_everything_answers_in_an_odd_place(odd_place: Path):
    test_everything_answers_and_everything_is_stopped(odd_place)


@pytest.mark.timeout(300)
def test_everything_answers_and_everything_is_stopped(project: Path):
    options = ("--ui-port", "--mlflow-port", "--api-port", "--app-port")
    ports = [word for option in options for word in (option, str(free_port()))]
    program = str(Path(sys.executable).parent / "housing")
    with subprocess.Popen([program, "up", *ports], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as up:
        try:
            said = words(up, until="Ctrl-C")
            assert "do not load" not in said
            assert re.search(r"^page +http", said, re.MULTILINE)
            for address in re.findall(r"http://\S+", said):
                assert urllib.request.urlopen(address, timeout=30).status == 200
        finally:
            up.send_signal(signal.SIGTERM)
            rest = up.communicate(timeout=60)[0]
    assert up.returncode == 0, rest
    time.sleep(0.5)
    assert members(project) == []


def test_a_port_that_is_taken_is_named(project: Path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        others = [word for option in ("mlflow", "api", "app") for word in (f"--{option}-port", str(free_port()))]
        result = CliRunner().invoke(main, ["up", "--ui-port", port, *others])
    assert f"somebody else listens on --ui-port {port}" in result.output


def test_a_folder_that_is_no_project_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["up"])
    assert "there is no workspace.yaml and no dagster.yaml here" in result.output


@pytest.mark.parametrize(
    ("variable", "option"),
    [
        ("HOUSING_UI_PORT", "--ui-port"),
        ("HOUSING_MLFLOW_PORT", "--mlflow-port"),
        ("HOUSING_API_PORT", "--api-port"),
        ("HOUSING_APP_PORT", "--app-port"),
    ],
)
def test_ports_come_from_the_environment(project: Path, monkeypatch: pytest.MonkeyPatch, variable: str, option: str):
    for each in ("HOUSING_UI_PORT", "HOUSING_MLFLOW_PORT", "HOUSING_API_PORT", "HOUSING_APP_PORT"):
        monkeypatch.setenv(each, str(free_port()))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        monkeypatch.setenv(variable, port)
        assert f"{option} {port}" in CliRunner().invoke(main, ["up"]).output
