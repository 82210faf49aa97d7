"""What is installed is what was pinned: hashes on every way, no address of an index, a reason for each upper bound."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
INSTALLERS = [ROOT / "Makefile", ROOT / "Dockerfile", *sorted((ROOT / ".github" / "workflows").glob("*.yml"))]
INSTALL = re.compile(r"\bpip install\b|\(UV\) install\b|\buv build\b|\buv pip install\b")
HELD = ("--require-hashes", "--no-deps")
"""An install by hashes, or of the package itself, to which nothing is added."""


def pins(lock: str) -> list[str]:
    """Each requirement with the lines that go on from it."""
    return [part for part in re.split(r"\n(?=\S)", lock) if part and not part.startswith("#")]


def without_hash(lock: str) -> list[str]:
    return [pin.splitlines()[0] for pin in pins(lock) if "--hash=sha256:" not in pin]


def installs(text: str) -> list[str]:
    """Each command that installs, one a line."""
    commands = re.split(r"\n|&&", text.replace("\\\n", " "))
    return [command.strip() for command in commands if INSTALL.search(command)]


def bounds_without_reason(text: str) -> list[str]:
    """Lines of dependencies with an upper bound, no remark in the line and none right above."""
    lines = text.splitlines()
    pairs = zip(["", *lines], lines, strict=False)
    bound = [(above, line) for above, line in pairs if re.search(r'"[\w\[\]-]+[^"]*,<', line) and "python" not in line]
    return [line.strip() for above, line in bound if "#" not in line and not is_reason(above)]


def is_reason(line: str) -> bool:
    """A remark, or a line that one stands above: lines in a row may share it."""
    return line.startswith("#") or ",<" in line


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_each_pin_has_a_hash(lock: Path) -> None:
    assert without_hash(lock.read_text()) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_an_address(lock: Path) -> None:
    assert "://" not in lock.read_text()


def test_a_pin_without_a_hash_is_found() -> None:
    assert without_hash("a==1 \\\n    --hash=sha256:0\nb==2\n    # via a") == ["b==2"]


@pytest.mark.parametrize("file", INSTALLERS, ids=lambda file: file.name)
def test_whatever_installs_asks_for_hashes(file: Path) -> None:
    assert [command for command in installs(file.read_text()) if not any(each in command for each in HELD)] == []


def test_an_install_without_hashes_is_found() -> None:
    assert installs("RUN pip install uv && uv pip install --require-hashes -r a.lock") == [
        "RUN pip install uv",
        "uv pip install --require-hashes -r a.lock",
    ]


def test_each_upper_bound_has_a_reason() -> None:
    assert bounds_without_reason((ROOT / "pyproject.toml").read_text()) == []


def test_an_upper_bound_without_a_reason_is_found() -> None:
    assert bounds_without_reason('[\n  "a>=1",\n  "b>=1,<2",\n]') == ['"b>=1,<2",']


def test_locks_agree_on_every_version() -> None:
    """Of one constraint set: what is tested is what is served."""
    versions = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements-test.lock").read_text(), re.MULTILINE))
    found = chain.from_iterable(re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(), re.MULTILINE) for lock in LOCKS)
    assert [(name, version) for name, version in found if versions.get(name, version) != version] == []


def test_the_tools_are_pinned_as_the_lock_has_them() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    assert groups["tools"][0] in (ROOT / "requirements-tools.lock").read_text()
