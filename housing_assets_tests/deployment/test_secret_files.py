from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.deployment.secret_files import SECRETS, SecretFileError, secrets_of_files
from housing_assets.profiles import POSTGRES, WANDB

if TYPE_CHECKING:
    from pathlib import Path

WORD = "not-in-messages"


def test_a_secret_is_the_text_of_its_file_without_the_line_end(tmp_path: Path):
    (tmp_path / "url").write_text("postgresql://a:b@c/d\n")
    assert secrets_of_files({"DAGSTER_POSTGRES_URL_FILE": str(tmp_path / "url"), "PATH": "/bin"}) == {
        "DAGSTER_POSTGRES_URL": "postgresql://a:b@c/d"
    }


def test_other_variables_that_end_in_file_are_left_alone():
    assert secrets_of_files({"SSL_CERT_FILE": "/nowhere", "HOUSING_API_KEYS_FILE": "/nowhere"}) == {}


def test_a_file_variable_that_is_empty_is_not_set():
    assert secrets_of_files({"WANDB_API_KEY_FILE": ""}) == {}


def test_every_fault_is_told_at_once(tmp_path: Path):
    (tmp_path / "empty").touch()
    named = {"WANDB_API_KEY_FILE": str(tmp_path / "empty"), "MLFLOW_TRACKING_URI_FILE": "/nowhere/uri"}
    with pytest.raises(SecretFileError, match=r"uri: No such file.*\n.*WANDB_API_KEY_FILE=.*: the file is empty"):
        secrets_of_files(named)


def test_a_value_and_a_file_contradict_each_other(tmp_path: Path):
    (tmp_path / "key").write_text(WORD)
    with pytest.raises(SecretFileError, match="WANDB_API_KEY and WANDB_API_KEY_FILE are both set") as refusal:
        secrets_of_files({"WANDB_API_KEY": WORD, "WANDB_API_KEY_FILE": str(tmp_path / "key")})
    assert WORD not in str(refusal.value)


def test_bytes_that_are_no_text_are_no_secret(tmp_path: Path):
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    with pytest.raises(SecretFileError, match="it is no text"):
        secrets_of_files({"WANDB_API_KEY_FILE": str(tmp_path / "key")})


def test_the_secrets_of_the_profiles_can_be_files():
    assert {POSTGRES.name, WANDB.name} <= set(SECRETS)
