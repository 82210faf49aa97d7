"""The Dockerfile: its promises. That it builds and runs is shown by ``make images-check``."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest

from housing_assets_tests.conftest import ROOT

TEXT = (ROOT / "Dockerfile").read_text()
TARGETS = ("pipeline", "api", "app")


def stage(name: str) -> str:
    return TEXT.split(f" AS {name}\n")[1].split("\nFROM ")[0]


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_is_installed_from_its_own_hashed_lock(target: str):
    assert f"uv pip install --require-hashes -r requirements-{target}.lock" in stage(f"{target}-environment")
    assert "--hash=sha256:" in (ROOT / f"requirements-{target}.lock").read_text()


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_has_a_command_and_a_health_check_in_exec_form(target: str):
    assert re.search(r"^CMD \[", stage(target), re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*\\\n  CMD \[\"python\", ", stage(target), re.MULTILINE)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_is_based_on_what_is_no_root(target: str):
    assert f"\nFROM runtime AS {target}\n" in TEXT
    assert "\nUSER 1000:0\n" in stage("runtime")
    assert "USER" not in stage(target)


def versions(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("lock", [*(f"requirements-{target}.lock" for target in TARGETS), "requirements-serve.lock"])
def test_what_is_delivered_is_what_is_tested(lock: str):
    tested = versions("requirements-test.lock")
    assert {name: version for name, version in versions(lock).items() if tested.get(name) != version} == {}


def test_all_that_is_copied_is_in_the_context():
    copied = {name for line in re.findall(r"^COPY (?!--from)(.*) \S+$", TEXT, re.MULTILINE) for name in line.split()}
    ignored = (ROOT / ".dockerignore").read_text().split()
    patterns = [line[1:] for line in ignored if line.startswith("!")]
    kept = {file.relative_to(ROOT).as_posix() for pattern in patterns for file in ROOT.glob(pattern)}
    assert {name.split("/")[0] for name in copied} <= kept
    assert ignored[0] == "*"


def test_an_image_is_given_the_version_of_the_package():
    shown = ["make", "-s", "--eval", "shown: ; @echo $(VERSION)", "shown"]
    version = subprocess.run(shown, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    assert version == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
