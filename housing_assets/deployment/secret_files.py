"""Secrets that a container is given as files: ``NAME_FILE`` is the path of a file that holds the value of ``NAME``.

A variable shows in `docker inspect` and in dumps of the environment; a file does not.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRETS = (
    "DAGSTER_POSTGRES_URL",
    "HOUSING_API_KEY",
    "HOUSING_WEBHOOK_URL",
    "MLFLOW_BACKEND_STORE_URI",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_TRACKING_URI",
    "MLFLOW_TRACKING_USERNAME",
    "WANDB_API_KEY",
)
"""Named one by one: other variables that end in ``_FILE`` are paths that libraries read themselves."""


class SecretFileError(ExpectedError, OSError):
    """Files of secrets that are not there, or cannot be used."""


def secrets_of_files(environment: Mapping[str, str]) -> dict[str, str]:
    """The secrets whose files ``environment`` names, without the line end.

    Raises:
        SecretFileError: with every one that cannot be had; the text quotes no value.
    """
    named = {name: environment[file] for name in SECRETS if environment.get(file := f"{name}_FILE")}
    faults = [fault for name, path in named.items() if (fault := fault_of(name, path, environment))]
    if faults:
        raise SecretFileError("\n  ".join(["secrets cannot be read:", *faults]))
    return {name: content(path) for name, path in named.items()}


def fault_of(name: str, path: str, environment: Mapping[str, str]) -> str | None:
    """What is wrong with a secret and how to mend it, if anything."""
    if environment.get(name):
        return f"{name} and {name}_FILE are both set: unset one of them"
    try:
        value = content(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        return f"{name}_FILE={path}: {reason}: mount the secret there, or unset the variable (make secrets makes them)"
    return None if value else f"{name}_FILE={path}: the file is empty"


def content(path: str) -> str:
    return Path(path).read_text(encoding="utf-8").strip()
