"""Finished trials on disk, as Optuna's journal has them, so that an interrupted search goes on where it was.

The search itself runs on a study in memory; a batch is written here when all of its trials are told. A trial that was
running when the process was killed is therefore not in the journal, and is asked again with the same parameters:
storing running trials would leave some for ever RUNNING, and their half-reported folds in the pruner's memory.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
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

        lines: Any = SealedLines(path)  # a base class would need Optuna before a sweep does
        return quiet_study(self.goal, None, JournalStorage(lines), self.identity)


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


class SealedLines:
    """Implements ``optuna.storages.journal.BaseJournalBackend`` in a file, each line with a checksum before it.

    A process that is killed while it appends leaves half a line, a machine that loses power worse, and a changed digit
    would be taken for what a trial got. What comes before the first such line is kept; what comes later counts on it,
    and is computed again. Whoever opens a journal is its only user: the asset holds a lock while it sweeps.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        content = path.read_bytes() if path.exists() else b""
        lines = content.splitlines(keepends=True)
        sound = list(itertools.takewhile(is_sound, lines))
        if len(sound) < len(lines):
            path.write_bytes(b"".join(sound))

    def read_logs(self, log_number_from: int) -> list[dict[str, Any]]:
        lines = self.path.read_bytes().splitlines() if self.path.exists() else []
        return [json.loads(line.partition(b" ")[2]) for line in lines[log_number_from:]]

    def append_logs(self, logs: Sequence[dict[str, Any]]) -> None:
        with self.path.open("ab") as file:
            file.writelines(seal(json.dumps(log).encode()) for log in logs)
            file.flush()
            os.fsync(file.fileno())


def seal(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode() + b" " + text + b"\n"


def is_sound(line: bytes) -> bool:
    return line == seal(line.partition(b" ")[2].removesuffix(b"\n"))
