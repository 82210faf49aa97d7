"""Where this machine keeps what the pipeline keeps."""

from __future__ import annotations

import os
from pathlib import Path

from housing_assets.errors import ExpectedError


class HomeNameError(ExpectedError, OSError):
    """A folder that SQLite and MLflow could not be told of."""


def home() -> Path:
    """The folder of everything that the local profile keeps.

    Raises:
        HomeNameError: its name cannot be written in the encoding of this locale.
    """
    folder = Path(os.environ.get("HOUSING_HOME") or ".housing").absolute()
    try:
        str(folder).encode()
    except UnicodeEncodeError:
        shown = os.fsencode(folder).decode(errors="replace")
        raise HomeNameError(
            f"the name of {shown} cannot be read in this locale: set LC_ALL=C.UTF-8 and unset PYTHONUTF8"
        ) from None
    return folder
