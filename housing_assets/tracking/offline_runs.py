"""The local folders of Weights & Biases runs, one a run, which W&B itself never removes."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DAY_SECONDS = 86_400


def old_runs(home: Path, keep_days: float | None) -> list[Path]:
    """Folders below ``home`` in which nothing was written for ``keep_days``; none if that is None."""
    if keep_days is None:
        return []
    before = time.time() - keep_days * DAY_SECONDS
    folders = [path for pattern in ("offline-run-*", "run-*") for path in (home / "wandb").glob(pattern)]
    return sorted(path for path in folders if path.is_dir() and not path.is_symlink() and last_write(path) < before)


def last_write(folder: Path) -> float:
    """Seconds since the epoch."""
    return max(path.lstat().st_mtime for path in (folder, *folder.rglob("*")))


def remove_runs(folders: list[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder)
