"""The SQLite file of a local MLflow: it is looked at before anything is computed, and it moves with its folder.

MLflow itself is not imported for it.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from housing_assets.errors import ExpectedError

LOCK_SECONDS = 10.0
ARTIFACTS = "mlartifacts"
"""The name of the folder of artifacts, beside the database."""

PLACES = (
    ("experiments", "artifact_location"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
    ("runs", "artifact_uri"),
)
"""Where MLflow's tables have the places of artifacts."""
READ = {"experiments", "model_version_tags", "model_versions", "registered_model_aliases", "registered_models"}


class MlflowDatabaseError(ExpectedError, OSError):
    """A database that MLflow cannot use until somebody mends what the text says."""


def prepare(database: Path, lock_seconds: float = LOCK_SECONDS) -> None:
    """See that ``database`` can be used, and let it name the artifacts beside it. A file that is not there is fine.

    Raises:
        MlflowDatabaseError: locked, damaged, not writable, or of a newer MLflow.
    """
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database, timeout=lock_seconds, isolation_level=None)) as connection:
            check_pages(connection)
            connection.execute("BEGIN IMMEDIATE")
            check_version(connection, database)
            follow(connection, database)
            connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if "decode" in str(error):
            raise damaged(database, error) from None
        raise MlflowDatabaseError(f"{database} cannot be used: {remedy(str(error), database)}") from None
    except sqlite3.DatabaseError as error:
        raise damaged(database, error) from None


def damaged(database: Path, error: sqlite3.DatabaseError) -> MlflowDatabaseError:
    return MlflowDatabaseError(
        f"{database} is damaged ({error}): restore it from a backup, or move it away and run `housing run`, which "
        "registers the current model in a new one"
    )


def check_pages(connection: sqlite3.Connection) -> None:
    """Look at every page, and at each text of the tables that models are found by. Five milliseconds for 3 MB.

    Raises:
        sqlite3.DatabaseError: with the first thing that is wrong.
    """
    ((first, *_), *_) = connection.execute("PRAGMA integrity_check(1)").fetchall()
    if first != "ok":
        raise sqlite3.DatabaseError(" ".join(first.split()))
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    for table in READ & tables:
        connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  names of the set above


def remedy(fault: str, database: Path) -> str:
    if "locked" in fault:
        return f"another process keeps it locked; `fuser {database}` names it. End that process and try again"
    return f"{fault}. See that {database.parent} may be written and its disk is not full"


def check_version(connection: sqlite3.Connection, database: Path) -> None:
    """Refuse a database of a newer MLflow, which would be told to upgrade to what is older."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if "alembic_version" not in tables:
        return
    found = {version for (version,) in connection.execute("SELECT version_num FROM alembic_version")}
    if unknown := found - known_versions():
        raise MlflowDatabaseError(
            f"{database} was written by a newer MLflow than the one installed here (its schema is "
            f"{', '.join(sorted(unknown))}): install that MLflow, or use another HOUSING_HOME"
        )


def known_versions() -> set[str]:
    """The schemas of the installed MLflow, by the names of its migrations."""
    spec = find_spec("mlflow")
    folders = spec.submodule_search_locations or [] if spec else []
    return {
        migration.name.partition("_")[0]
        for folder in folders
        for migration in Path(folder, "store", "db_migrations", "versions").glob("*_*.py")
    }


def follow(connection: sqlite3.Connection, database: Path) -> None:
    """Let a database that was moved or copied with its folder name the artifacts beside it, not those of the old place.

    MLflow keeps absolute paths, and would go on writing to where the folder was.
    """
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    here = (database.parent / ARTIFACTS).as_uri()
    for before in moved_from(connection, here) if "experiments" in tables else ():
        for table, column in PLACES:
            if table in tables:
                connection.execute(
                    f"UPDATE {table} SET {column} = ? || substr({column}, ?) "  # noqa: S608  names of the table above
                    f"WHERE {column} = ? OR substr({column}, 1, ?) = ?",
                    (here, len(before) + 1, before, len(before) + 1, f"{before}/"),
                )
        logging.getLogger(__name__).warning("%s was moved: it names %s now, not %s", database, here, before)


def moved_from(connection: sqlite3.Connection, here: str) -> list[str]:
    locations = [location for (location,) in connection.execute("SELECT artifact_location FROM experiments")]
    ours = {location for location in locations if location and location.startswith("file://")}
    return sorted(location for location in ours if location.endswith(f"/{ARTIFACTS}") and location != here)
