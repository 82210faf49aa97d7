from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from housing_assets.deployment.random_secrets import make_secrets

if TYPE_CHECKING:
    from pathlib import Path


def test_addresses_have_the_password_of_the_database(tmp_path: Path):
    make_secrets(tmp_path / "secrets")
    password = (tmp_path / "secrets" / "postgres_password").read_text().strip()
    assert (tmp_path / "secrets" / "dagster_postgres_url").read_text() == (
        f"postgresql://housing:{password}@postgres/dagster\n"
    )


def test_what_is_there_stays(tmp_path: Path):
    make_secrets(tmp_path)
    before = {file.name: file.read_text() for file in tmp_path.iterdir()}
    (tmp_path / "api_key").unlink()
    assert make_secrets(tmp_path) == ["api_key"]
    after = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"api_key"}


def test_the_folder_is_its_owners_alone(tmp_path: Path):
    make_secrets(tmp_path / "secrets")
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700


def test_secrets_can_be_read_by_the_user_of_any_container(tmp_path: Path):
    make_secrets(tmp_path)
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o644}
