from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from housing_assets.tracking.mlflow_database import prepare
from housing_assets_tests.finished_run import finished_run
from housing_assets_tests.mlflow_server import first_users, mlflow_library
from housing_assets_tests.torture.store.database_corruption import flip_often, flipped_databases

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets_tests.small_run import SmallRun

__all__ = ["finished_run", "first_users", "mlflow_library"]

ALIASES = re.compile(b"stagingcalifornia")


def test_a_flipped_bit_of_the_registry_is_told_or_harmless(finished_run: SmallRun) -> None:
    outcome = flipped_databases(finished_run, count=4)
    assert (outcome.faults, outcome.wrong) == (4, [])


def aliases(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("SELECT * FROM registered_model_aliases").fetchall())


def test_without_a_look_at_the_pages_flipped_bits_are_found(finished_run: SmallRun) -> None:
    database = finished_run.home / "mlflow.db"
    assert flip_often(database, 150, lambda: aliases(database), ALIASES).wrong


def looked_at(database: Path) -> str:
    prepare(database)
    return aliases(database)


def test_with_a_look_at_the_pages_none_is(finished_run: SmallRun) -> None:
    database = finished_run.home / "mlflow.db"
    assert flip_often(database, 150, lambda: looked_at(database), ALIASES).wrong == []
