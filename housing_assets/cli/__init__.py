"""The ``housing`` command: thin, over the same functions that the assets use. A module a subject."""

from __future__ import annotations

import sys

import click

from housing_assets.cli.checks import checks
from housing_assets.cli.compare import compare
from housing_assets.cli.delivery import registered, smoke_test
from housing_assets.cli.effective_settings import settings
from housing_assets.cli.environment import doctor
from housing_assets.cli.failures import is_expected
from housing_assets.cli.gc import gc
from housing_assets.cli.model_versions import explain_model, ledger, promote, repair, rollback, verify
from housing_assets.cli.predict import predict
from housing_assets.cli.process import set_up
from housing_assets.cli.replay import replay
from housing_assets.cli.runs.pipeline import run
from housing_assets.cli.runs.status import diff, status
from housing_assets.cli.services.app import app
from housing_assets.cli.services.mlflow import mlflow
from housing_assets.cli.services.serve import serve
from housing_assets.cli.services.up import up
from housing_assets.cli.stored_values import history, restore, show


class _Main(click.Group):
    """Shows an expected error as one message, without a stack trace, and ends with the exit code of one."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except click.ClickException as error:
            error.show()
            sys.exit(2)
        except is_expected() as error:
            click.echo(f"housing: {error}", err=True)
            sys.exit(2)


EPILOG = """Exit codes: 0 all is well; 1 a run, a gate or a check failed; 2 the command cannot be done as it was given;
130 stopped by Ctrl-C. NO_COLOR turns colours off. Shell completion, for bash (zsh and fish likewise):
eval "$(_HOUSING_COMPLETE=bash_source housing)"."""


@click.group(cls=_Main, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.version_option(package_name="housing_assets", prog_name="housing")
def main() -> None:
    """Look at, run and take back what the housing assets made."""
    set_up()


COMMANDS = (
    *(run, status, diff, settings, checks, up, doctor),
    *(predict, serve, app, replay, mlflow),
    *(show, history, restore, gc),
    *(promote, rollback, ledger, verify, repair, explain_model, compare),
    *(registered, smoke_test),
)
for command in COMMANDS:
    main.add_command(command)
