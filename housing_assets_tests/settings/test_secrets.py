"""The address of the raw file is whole where it is used, and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

import housing_assets
from housing_assets.settings import PIPELINE_FILE, SettingsError, load_settings
from housing_assets.settings.pipeline_settings import BaseSettings, PipelineSettings

WHOLE = "https://somebody:s3cr3t@example.org/housing.csv?X-Goog-Signature=s3cr3t&version=3"
PUBLIC = "https://example.org/housing.csv?version=3"


def test_the_attribute_is_the_whole_address():
    assert load_settings({"raw": {"uri": WHOLE}}).raw.uri == WHOLE


def test_every_dump_has_the_public_address():
    raw = load_settings({"raw": {"uri": WHOLE}}).raw
    assert {raw.model_dump()["uri"], raw.model_dump(mode="json")["uri"]} == {PUBLIC}
    assert "s3cr3t" not in raw.model_dump_json()


def test_what_is_printed_has_the_public_address():
    settings = load_settings({"raw": {"uri": WHOLE}})
    assert "s3cr3t" not in f"{settings!r} {settings} {settings.raw!r}"


def test_no_address_stays_none():
    assert load_settings({"raw": {"uri": None}}).raw.model_dump()["uri"] is None


def test_the_configuration_of_a_run_may_have_no_secret():
    with pytest.raises(SettingsError, match="HOUSING_RAW_URI") as refusal:
        PipelineSettings(base=BaseSettings(), overrides={"raw": {"uri": WHOLE}}).load()
    assert "s3cr3t" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (f"raw:\n  uri: {WHOLE}: {{\n".encode(), "line 2"),
        (b"raw: [\n", "line 2"),
        (b"raw: {uri: \xff}\n", "byte 11"),
        (b"raw: \x00\n", "unknown place"),
    ],
)
def test_a_file_that_is_not_yaml_is_one_line_without_its_content(content: bytes, place: str, tmp_path: Path):
    (tmp_path / "pipeline.yaml").write_bytes(content)
    with pytest.raises(SettingsError) as refusal:
        load_settings(path=tmp_path / "pipeline.yaml")
    assert place in str(refusal.value)
    assert len(str(refusal.value).splitlines()) == 1
    assert "s3cr3t" not in str(refusal.value)


def test_a_file_that_is_gone_is_said():
    with pytest.raises(SettingsError, match=r"nowhere.yaml cannot be read"):
        PipelineSettings(base=BaseSettings(path="nowhere.yaml")).load()


@pytest.mark.parametrize("command", ["status", "run", "ledger"])
def test_a_broken_file_is_one_message_of_every_command(command: str, tmp_path: Path):
    copytree(Path(housing_assets.__file__).parent, tmp_path / "housing_assets", ignore=ignore_patterns("__pycache__"))
    copied = tmp_path / "housing_assets" / PIPELINE_FILE.name
    copied.write_text(copied.read_text() + "\nbroken: [\n")
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    program = f"from housing_assets.cli import main; main({command.split()})"
    ended = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"housing: {copied} is not YAML, line ")
