"""What looks for secrets finds them wherever they may be: a search that sees nothing would find nothing."""

from __future__ import annotations

import gzip
import sqlite3
import zipfile
import zlib
from contextlib import closing
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from housing_assets_tests.secrets.contents import contents

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WANTED = "s3cr3t-token"


def plain(file: Path) -> None:
    file.write_text(f"before {WANTED} after")


def compressed(file: Path) -> None:
    file.write_bytes(gzip.compress(WANTED.encode()))


def archived(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.gz", gzip.compress(WANTED.encode()))


def in_a_table(file: Path) -> None:
    pd.DataFrame({"text": [WANTED]}).to_parquet(file, compression="zstd")


def in_a_database(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE kept (body BLOB)")
        connection.execute("INSERT INTO kept VALUES (?)", (zlib.compress(WANTED.encode()),))


def in_a_long_cell(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE kept (body TEXT)")
        connection.execute("INSERT INTO kept VALUES (?)", ("".join(f"{i:04}" for i in range(9000)) + WANTED,))


@pytest.mark.parametrize("write", [plain, compressed, archived, in_a_table, in_a_database, in_a_long_cell])
def test_a_secret_is_seen(write: Callable[[Path], None], tmp_path: Path):
    write(tmp_path / "file")
    assert any(WANTED.encode() in part for part in contents(tmp_path / "file"))
