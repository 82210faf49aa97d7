"""The sweep by Weights & Biases: its service chooses parameters and stops bad trials, this process scores them.

``sweep.engine: wandb`` sends the section of ``pipeline.yaml`` as it is to ``wandb.sweep``, and runs as many agents side
by side as a batch has trials. Data, fits and workers stay here: nothing but parameters and scores travels. Each trial
logs a step for each fold, which W&B's hyperband judges; a stop arrives with the agent's next poll, so a trial shorter
than that runs to its end.

Unlike Optuna's, such a sweep is not repeatable: the service takes no seed. It was tested against a local stand-in for
W&B's HTTP interface with W&B's own client; the service itself, in the cloud, was not reached.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from housing_assets.tracking.wandb_agent import Asked, Began, Broken, Ended, Opened, Plan, Scored
from housing_assets.tracking.wandb_agents import Agents
from housing_assets.tracking.wandb_settings import DISCREET, KEY_VARIABLE, MODE_VARIABLE, as_environment, online

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from multiprocessing.connection import Connection
    from pathlib import Path

    from housing_assets.domain.trials import Search
    from housing_assets.settings.operations import TrackingSettings


class WandbSweepError(RuntimeError):
    """W&B cannot run the sweep; the message says what to do."""


def require_key() -> None:
    """Raise ``WandbSweepError`` without a key: W&B has no offline sweeps."""
    if not online():
        raise WandbSweepError(
            f"sweep.engine: wandb needs the service: set {KEY_VARIABLE} (wandb.ai/authorize) and leave {MODE_VARIABLE} "
            "online, or set sweep.engine: optuna"
        )


def run_wandb_trials(
    search: Search,
    *,
    configuration: Mapping[str, Any],
    settings: TrackingSettings,
    folder: Path,
    resume_path: Path | None,
    report: Callable[[str], None],
) -> list[Any]:
    """All trials, as ``trials.run_trials`` gives them; W&B's files go below ``folder``.

    Trials kept in ``resume_path`` by an interrupted sweep of the same identity are not run again: the new sweep starts
    from their runs.

    Raises:
        WandbSweepError: without a key, or if W&B does not answer or gives no trial at all.
    """
    require_key()
    book = Book(search, resume_path, report)
    plan = Plan(
        configuration=configuration,
        prior_runs=tuple(book.runs()),
        folds=search.folds,
        project=settings.wandb_project,
        entity=settings.wandb_entity,
        poll_seconds=settings.sweep_poll_seconds,
        environment=environment(settings, folder),
    )
    with Agents(plan) as agents:
        attend(agents, book, shares(book.left, search.batch), settings.sweep_wait_seconds)
    book.close_lost()
    if not book.trials:
        raise WandbSweepError(f"W&B ran no trial: {book.faults or 'the sweep ended at once'}")
    return book.trials


def environment(settings: TrackingSettings, folder: Path) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    # W&B sends history every 15 s if nothing is said, too late to stop a trial, and takes less than a second for that.
    history = max(1.0, settings.sweep_poll_seconds)
    wait = settings.sweep_wait_seconds
    limits = {"init_timeout": wait, "finish_timeout": wait, "x_file_stream_transmit_interval": history}
    return {"WANDB_DIR": str(folder.absolute()), "WANDB_ERROR_REPORTING": "false", **as_environment(DISCREET | limits)}


def shares(trials: int, agents: int) -> list[int]:
    """How many trials each agent runs: 7 of 3 is 3, 2, 2."""
    return [len(range(agent, trials, agents)) for agent in range(min(agents, trials))]


def attend(agents: Agents, book: Book, counts: Sequence[int], wait_seconds: float) -> None:
    """Start an agent for each of ``counts``, and answer them until the last has left."""
    for count in counts[:1]:
        agents.start(None, count)
    while agents.running:
        try:
            messages = agents.messages(wait_seconds)
        except TimeoutError:
            raise WandbSweepError(
                f"W&B said nothing for {wait_seconds:g} s (tracking.sweep_wait_seconds) after {len(book.trials)} "
                "trials, which are kept: run again to go on, or set sweep.engine: optuna"
            ) from None
        for sweep in [message.sweep for _, message in messages if isinstance(message, Opened)]:
            for count in counts[1:]:
                agents.start(sweep, count)
        book.note([message for _, message in messages])
        book.answer([(connection, message) for connection, message in messages if isinstance(message, Asked)])


@dataclass
class Running:
    """A trial that W&B began: parameters as Optuna has them, and what is known of it so far."""

    params: dict[str, Any]
    values: list[float] = field(default_factory=list)
    error: str = ""


class Book:
    """Every trial, from its beginning to its place among the finished ones."""

    def __init__(self, search: Search, resume_path: Path | None, report: Callable[[str], None]) -> None:
        from housing_assets.domain.journal import Journal, quiet_study

        self.search = search
        self.report = report
        self.running: dict[str, Running] = {}
        self.faults = ""
        self.started = time.monotonic()
        self.journal = Journal(resume_path, f"wandb {search.identity}", search.space.goal)
        self.study = quiet_study(search.space.goal, None)
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
        from housing_assets.domain.outside_trials import typed

        for message in messages:
            if isinstance(message, Began):
                self.running[message.trial] = Running(typed(self.search.space, message.params))
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
                    self.running[trial].values.append(score)
                with suppress(BrokenPipeError, ConnectionResetError):  # stopped, and the last one of its agent
                    connection.send(Scored(trial, fold, score))

    def close_lost(self) -> None:
        """Trials that nobody ended went down with their agent."""
        for trial, running in list(self.running.items()):
            running.error = running.error or f"its agent broke off: {self.faults or 'no reason is known'}"
            self.close(Ended(trial, "FAIL"))

    def close(self, ended: Ended) -> None:
        from housing_assets.domain.outside_trials import finished_trial
        from housing_assets.domain.trials import progress

        trial = self.running.pop(ended.trial)
        attributes = {"wandb_run": ended.trial} | ({"error": trial.error} if trial.error else {})
        self.study.add_trial(
            finished_trial(
                self.search.space, trial.params, values=trial.values, state=ended.state, attributes=attributes
            )
        )
        self.journal.keep(self.trials[-1:])
        seconds = (time.monotonic() - self.started) / (len(self.trials) - self.resumed)
        self.report(progress(self.study, self.search.length(), seconds))
