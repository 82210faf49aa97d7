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

    if folder := os.environ.get("DAGSTER_HOME"):
        check_dagster_home(Path(folder))
        return dg.DagsterInstance.get()
    if not Path("dagster.yaml").is_file():
        raise click.ClickException("there is no dagster.yaml here: run from the project's root, or set DAGSTER_HOME")
    return dg.DagsterInstance.from_config(str(Path.cwd()))


def check_dagster_home(folder: Path) -> None:
    """Say what is wrong with ``DAGSTER_HOME``, in the place of Dagster's stack trace.

    Raises:
        click.ClickException: it is relative, absent, or another project's instance.
    """
    remedy = "unset it to use the dagster.yaml of this folder"
    if not folder.is_absolute():
        raise click.ClickException(f"DAGSTER_HOME={folder} is relative: set it to {folder.absolute()}, or {remedy}")
    if not folder.is_dir():
        raise click.ClickException(f"DAGSTER_HOME={folder} is no folder: make it, or {remedy}")
    file = folder / "dagster.yaml"
    if file.is_file() and "module:" in (text := file.read_text(encoding="utf-8")) and "housing_assets." not in text:
        raise click.ClickException(f"{file} is another project's: {remedy}")
