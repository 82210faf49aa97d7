"""The trials of a W&B sweep: scored as they ask, kept as Optuna's when they end."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from housing_assets.sweep_engines.wandb.messages import Asked, Began, Broken, Ended, Scored

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

    from housing_assets.domain.sweep.trials import Search


@dataclass
class RunningTrial:
    """A trial that W&B began: parameters as Optuna has them, and what is known of it so far."""

    params: dict[str, Any]
    values: list[float] = field(default_factory=list)
    error: str = ""


class TrialRecords:
    """Every trial, from its beginning to its place among the finished ones."""

    def __init__(self, search: Search, resume_path: Path | None, report: Callable[[str], None]) -> None:
        from housing_assets.domain.sweep.journal import Journal, quiet_study

        self.search = search
        self.report = report
        self.running: dict[str, RunningTrial] = {}
        self.faults = ""
        self.started = time.monotonic()
        self.journal = Journal(resume_path, f"wandb {search.identity}", search.space.metric.goal)
        self.study = quiet_study(search.space.metric.goal, None)
        self.study.add_trials(self.journal.finished())
        self.resumed = len(self.trials)

    @property
    def trials(self) -> list[Any]:
        return list(self.study.trials)

    @property
    def left(self) -> int:
        return self.search.length() - self.resumed

    def runs(self) -> list[str]:
        """The W&B runs of the trials that are finished."""
        return [trial.user_attrs["wandb_run"] for trial in self.trials]

    def note(self, messages: Sequence[Any]) -> None:
        from housing_assets.domain.sweep.external_trials import cast_parameter

        for message in messages:
            if isinstance(message, Began):
                self.running[message.trial] = RunningTrial(cast_parameter(self.search.space, message.params))
                if len(self.running) + len(self.trials) == 1 + self.resumed:
                    self.report(f"W&B sweep: {message.url}")
            elif isinstance(message, Ended):
                self.close(message)
            elif isinstance(message, Broken):
                self.faults = message.reason
                self.report(f"an agent of W&B's broke off: {message.reason}")

    def answer(self, asked: Sequence[tuple[Connection, Asked]]) -> None:
        """Score what was asked, all trials of a fold side by side."""
        constants = self.search.space.constants()
        for fold in sorted({message.fold for _, message in asked}):
            of_fold = [(connection, message.trial) for connection, message in asked if message.fold == fold]
            params = [constants | self.running[trial].params for _, trial in of_fold]
            for (connection, trial), score in zip(of_fold, self.search.score(params, fold), strict=True):
                if isinstance(score, str):
                    self.running[trial].error = score
                else:
                    self.running[trial].values.append(score[self.search.space.metric.name])
                with suppress(BrokenPipeError, ConnectionResetError):  # stopped, and the last one of its agent
                    connection.send(Scored(trial, fold, score))

    def close_lost(self) -> None:
        """Trials that nobody ended went down with their agent."""
        for trial, running in list(self.running.items()):
            running.error = running.error or f"its agent broke off: {self.faults or 'no reason is known'}"
            self.close(Ended(trial, "FAIL"))

    def close(self, ended: Ended) -> None:
        from housing_assets.domain.sweep.external_trials import build_trial
        from housing_assets.domain.sweep.trials import progress

        trial = self.running.pop(ended.trial)
        attributes = {"wandb_run": ended.trial} | ({"error": trial.error} if trial.error else {})
        self.study.add_trial(
            build_trial(
                self.search.space, trial.params, values=trial.values, state=ended.state, attributes=attributes
            )
        )
        self.journal.keep(self.trials[-1:])
        seconds = (time.monotonic() - self.started) / (len(self.trials) - self.resumed)
        self.report(progress(self.study, self.search.length(), seconds))
