"""Which errors the ``housing`` command shows as one message."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from housing_assets.cli import COMMANDS, main
from housing_assets.profiles import ProfileError
from housing_assets.raw.errors import SourceError
from housing_assets.registry.lookup import RegistryUnreachableError
from housing_assets.registry.package.verification import RefusedModelError
from housing_assets.registry.production.ledger import DamagedLedgerError, LedgerConflictError
from housing_assets.registry.production.promotion import (
    GateRefusedError,
    NothingToRollBackToError,
    UnusableRequestError,
)
from housing_assets.registry.production.releases import NotEvaluatedError
from housing_assets.settings import SettingsError
from housing_assets.storage.objects import CorruptObjectError, MissingObjectError

if TYPE_CHECKING:
    from click.testing import Result

EXPECTED = [
    *(
        ProfileError,
        SettingsError,
        UnusableRequestError,
        CorruptObjectError,
        MissingObjectError,
        NotEvaluatedError,
        SourceError,
    ),
    *(GateRefusedError, LedgerConflictError, DamagedLedgerError, NothingToRollBackToError),
    *(RefusedModelError, RegistryUnreachableError),
]


def ended(error: Exception) -> Result:
    """What becomes of a command of the group that raises ``error``."""

    @click.group(cls=type(main))
    def group() -> None: ...

    @group.command()
    def fail() -> None:
        raise error

    return CliRunner().invoke(group, ["fail"])


@pytest.mark.parametrize("kind", EXPECTED)
def test_an_expected_error_is_one_message(kind: type[Exception]):
    result = ended(kind("what is wrong"))
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", "housing: what is wrong\n")


def test_what_mlflow_says_is_one_message(mlflow_library: None):
    from mlflow.exceptions import MlflowException

    assert ended(MlflowException("the server is down")).stderr == "housing: the server is down\n"


@pytest.mark.parametrize("error", [KeyError("entry"), TypeError("a bug"), RuntimeError("a bug"), ValueError("a bug")])
def test_a_bug_keeps_its_stack_trace(error: Exception):
    assert ended(error).exception is error


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_explains_itself(command: click.Command):
    assert command.help


def test_asking_for_help_imports_nothing_heavy():
    code = """
import sys
from housing_assets.cli import main
main(["--help"], standalone_mode=False)
print(sorted({"dagster", "pandas", "pydantic", "sklearn", "mlflow", "matplotlib", "rich"} & set(sys.modules)))
"""
    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert shown.endswith("[]\n")


def test_the_version_is_that_of_the_package():
    result = CliRunner().invoke(main, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"housing, version {metadata.version('housing_assets')}\n")


def test_the_help_documents_exit_codes():
    assert "130 stopped by Ctrl-C" in " ".join(CliRunner().invoke(main, ["--help"]).stdout.split())
