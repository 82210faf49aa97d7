"""Where this machine keeps what the pipeline keeps."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The folder of everything that the local profile keeps."""
    return Path(os.environ.get("HOUSING_HOME") or ".housing").absolute()
