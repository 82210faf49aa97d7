"""MLflow's own server, on the database and the place of artifacts that the environment names."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from housing_assets.loopback import MLFLOW_PORT

DATABASE = "MLFLOW_BACKEND_STORE_URI"
ARTIFACTS = "MLFLOW_ARTIFACTS_DESTINATION"
TIMEOUT_SECONDS = 10
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


@click.command()
@click.option("--port", default=5000, show_default=True, envvar=MLFLOW_PORT, show_envvar=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets other machines ask.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes.")
@click.option("--upgrade", is_flag=True, help="Migrate the tables to the installed MLflow, and end.")
def mlflow(port: int, host: str, workers: int, *, upgrade: bool) -> None:
    """Start an MLflow server that hands artifacts through, so that its clients need no access to the bucket.

    MLFLOW_BACKEND_STORE_URI is its Postgres database, in any spelling, and MLFLOW_ARTIFACTS_DESTINATION the folder or
    the gs:// address of its artifacts. Without both it is the local MLflow of HOUSING_HOME.
    """
    database, artifacts = places()
    os.environ.update({**QUIET, DATABASE: database, ARTIFACTS: artifacts})  # a command line would show the password
    if upgrade:
        migrate(database)
        return
    program = str(Path(sys.executable).parent / "mlflow")
    where = ["--host", host, "--port", str(port), "--workers", str(workers)]
    os.execv(program, [program, "server", *where])  # noqa: S606  signals reach MLflow itself


def places() -> tuple[str, str]:
    """The address of the database as MLflow understands it, and where artifacts go.

    Raises:
        click.ClickException: one of the two is missing, or the database does not answer, refuses us, or is Dagster's.
        PostgresAddressError: not an address of a Postgres database.
    """
    from housing_assets.settings.home import home
    from housing_assets.tracking.mlflow_server import MlflowServer

    address, artifacts = os.environ.get(DATABASE), os.environ.get(ARTIFACTS)
    if not address and not artifacts:
        local = MlflowServer.local(home())
        local.client()  # makes or migrates the database under a lock, which MLflow's own server does not take
        return local.tracking_uri, str(local.artifact_location)
    if not address or not artifacts:
        raise click.ClickException(
            f"{ARTIFACTS if address else DATABASE} is not set: it goes with the other of the two"
        )
    return database_of(address), artifacts


def database_of(address: str) -> str:
    from housing_assets.deployment.postgres import has_table, probe
    from housing_assets.deployment.postgres_address import sqlalchemy_address

    found = sqlalchemy_address(address, DATABASE)
    try:
        click.echo(probe(found, TIMEOUT_SECONDS))
    except ConnectionError as error:
        raise click.ClickException(f"{DATABASE}: {error}") from None
    if has_table(found, "event_logs"):
        raise click.ClickException(
            f"{DATABASE} is the database of Dagster's history, and both keep a table alembic_version: give MLflow a "
            "database of its own (CREATE DATABASE mlflow)"
        )
    return found


def migrate(database: str) -> None:
    from mlflow.db import commands

    commands.commands["upgrade"].main([database], standalone_mode=False)
    click.echo("the tables are those of the installed MLflow")
