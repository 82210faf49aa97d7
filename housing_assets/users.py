"""Who runs this process."""

from __future__ import annotations

import getpass
import os


def user_name() -> str:
    """The name of the user, or ``uid 1234`` for one whom the machine has no name for, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
