"""What every W&B run of the project has in common: when it is online, and what it keeps to itself."""

from __future__ import annotations

import os
from typing import Any

KEY_VARIABLE = "WANDB_API_KEY"
MODE_VARIABLE = "WANDB_MODE"

DISCREET: dict[str, Any] = {
    "silent": True,
    "console": "off",
    "symlink": False,
    "disable_code": True,
    "disable_git": True,
    "x_disable_meta": True,
    "x_disable_stats": True,
    "x_disable_machine_info": True,
    "x_save_requirements": False,
}
"""Neither the terminal, the code nor the machine is anyone's business, and each costs time."""


def online() -> bool:
    """Whether there is a key, and nobody asked for offline runs."""
    return bool(os.environ.get(KEY_VARIABLE)) and os.environ.get(MODE_VARIABLE) not in {"offline", "disabled"}


def disabled() -> bool:
    """Whether somebody wants no W&B runs at all, not even files."""
    return os.environ.get(MODE_VARIABLE) == "disabled"


def as_environment(settings: dict[str, Any]) -> dict[str, str]:
    """W&B settings as the environment variables that W&B reads them from; ``x_`` becomes a second underscore."""
    return {
        f"WANDB_{name.removeprefix('x') if name.startswith('x_') else name}".upper(): str(value)
        for name, value in settings.items()
    }
