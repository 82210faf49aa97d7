"""The Dagster instance of the project, for commands that run or read runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import dagster as dg


def project_instance() -> dg.DagsterInstance:
    """The same instance that ``dagster dev`` and ``dagster asset materialize`` use from here."""
    import dagster as dg

    if os.environ.get("DAGSTER_HOME"):
        return dg.DagsterInstance.get()
    if not Path("dagster.yaml").is_file():
        raise click.ClickException("there is no dagster.yaml here: run from the project's root, or set DAGSTER_HOME")
    return dg.DagsterInstance.from_config(str(Path.cwd()))
