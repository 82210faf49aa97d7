"""Finished trials on disk, in Optuna's journal format, so that an interrupted search goes on where it was.

The search itself runs on a study in memory; a batch is written here when all of its trials are told. A trial that was
running when the process was killed is therefore not in the journal, and is asked again with the same parameters:
storing running trials would leave some for ever RUNNING, and their half-reported folds in the pruner's memory.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Journal:
    """The finished trials of the search ``identity`` in the file ``path``; keeps nothing if ``path`` is None."""

    study: Any

    def __init__(self, path: Path | None, identity: str, goal: str) -> None:
        self.path, self.identity, self.goal = path, identity, goal
        self.study = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            drop_damaged_lines(path)
            self.study = self._open(path)

    def finished(self, batch: int = 1) -> list[Any]:
        """Those of whole batches: half a batch is dropped, as the next one depends on all that came before it."""
        if self.study is None or self.path is None:
            return []
        trials = list(self.study.trials)
        whole = trials[: len(trials) // batch * batch]
        if len(whole) < len(trials):
            self.path.unlink()
            self.study = self._open(self.path)
            self.study.add_trials(whole)
        return whole

    def keep(self, trials: Sequence[Any]) -> None:
        if self.study:
            self.study.add_trials(trials)

    def _open(self, path: Path) -> Any:
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend

        lock: Any = OnlyUserLock()  # Optuna does not publish the base class of its locks
        backend = JournalFileBackend(str(path), lock)
        return quiet_study(self.goal, None, JournalStorage(backend), self.identity)


def quiet_study(goal: str, pruner: Any, storage: Any = None, name: str | None = None) -> Any:
    """Optuna logs the creation of a study on standard error; this one does not."""
    import optuna
    from optuna.study import StudyDirection

    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        return optuna.create_study(
            direction=StudyDirection[goal.upper()],
            pruner=pruner,
            storage=storage,
            study_name=name,
            load_if_exists=storage is not None,
        )
    finally:
        optuna.logging.set_verbosity(verbosity)


class OnlyUserLock:
    """Optuna's lock of a file, always free. Its own outlives a process that is killed, and is then waited for for ever.

    Whoever opens a journal is its only user: the asset holds a lock of the kernel for as long as it sweeps.
    """

    def acquire(self) -> bool:
        return True

    def release(self) -> None: ...


def drop_damaged_lines(path: Path) -> None:
    """Keep what comes before the first line that is damaged, because Optuna refuses the whole journal otherwise.

    A process that is killed while it appends leaves half a line, a machine that loses power worse. What comes later
    counts on what came before, and is computed again.
    """
    content = path.read_bytes() if path.exists() else b""
    lines = content.splitlines(keepends=True)
    sound = list(itertools.takewhile(is_sound, lines))
    if len(sound) < len(lines):
        path.write_bytes(b"".join(sound))


def is_sound(line: bytes) -> bool:
    try:
        entry = json.loads(line)
    except ValueError:
        return False
    return isinstance(entry, dict) and "op_code" in entry and line.endswith(b"\n")
