"""What the README and the other documents name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from housing_assets.cli import COMMANDS

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=str)
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in DOCUMENTS}
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
NAMES = {command.name for command in COMMANDS}
ROOMS = ("assets", "automation", "checks", "cli", "deployment", "domain", "registry", "settings", "storage")


@pytest.mark.parametrize("document", TEXTS)
def test_every_command_exists(document: str):
    named = set(re.findall(r"`housing ([a-z][a-z-]*)", TEXTS[document]))
    assert named <= NAMES


@pytest.mark.parametrize("document", TEXTS)
def test_every_target_of_make_exists(document: str):
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", TEXTS[document], re.MULTILINE))
    assert named <= TARGETS


@pytest.mark.parametrize("document", TEXTS)
def test_every_link_leads_somewhere(document: str):
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", TEXTS[document]) if "://" not in link]
    folder = (ROOT / document).parent
    assert [link for link in links if not (folder / link).exists()] == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_file_exists(document: str):
    files = re.findall(rf"`((?:{'|'.join(ROOMS)})/[a-z_/.]+\.py)", TEXTS[document])
    assert files
    assert [file for file in files if not (ROOT / "housing_assets" / file).is_file()] == []
