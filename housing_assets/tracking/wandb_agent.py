"""One agent of a W&B sweep, in a process of its own.

Before each trial W&B's agent closes every run of its process, it speaks through the environment, and it stops a trial
by raising an exception in the midst of whatever the trial does. None of this may happen where the data, the fits and
the run of the asset are. The agent therefore only carries: parameters out, the score of a fold back in.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from multiprocessing.connection import Connection

STOP_SECONDS = 0.05
"""A trial that waits for a score looks up so often, and only then can it be stopped."""


class Opened(NamedTuple):
    """The sweep exists; other agents may join it."""

    sweep: str


class Began(NamedTuple):
    trial: str
    params: dict[str, Any]
    url: str


class Asked(NamedTuple):
    """The score of a fold is wanted, as ``Scored``."""

    trial: str
    fold: int


class Scored(NamedTuple):
    """``score`` is the metric, or the text of the error that there was instead."""

    trial: str
    fold: int
    score: float | str


class Ended(NamedTuple):
    """``state``: COMPLETE, PRUNED or FAIL."""

    trial: str
    state: str


class Broken(NamedTuple):
    reason: str


@dataclass(frozen=True)
class Plan:
    """A sweep in W&B's vocabulary, and how its trials are run; ``environment`` configures W&B."""

    configuration: Mapping[str, Any]
    prior_runs: tuple[str, ...]
    folds: int
    project: str
    entity: str | None
    poll_seconds: float
    environment: Mapping[str, str]


def run_agent(connection: Connection, plan: Plan, sweep: str | None, count: int) -> None:
    """Run ``count`` trials of ``sweep``, or of a new one that is announced as ``Opened``."""
    os.environ.pop("WANDB_SERVICE", None)
    os.environ.update(plan.environment)
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - for as long as the process lives
    trials = Trials(connection, plan)
    try:
        trials.run(sweep, count)
    except Exception as failure:
        trials.failure = trials.failure or failure
    if trials.failure:
        connection.send(Broken(f"{type(trials.failure).__name__}: {trials.failure}"))


class Trials:
    """The trials that one agent runs, one after the other."""

    def __init__(self, connection: Connection, plan: Plan) -> None:
        self.connection = connection
        self.plan = plan
        self.failure: Exception | None = None

    def run(self, sweep: str | None, count: int) -> None:
        import wandb
        from wandb.agents.pyagent import Agent

        agent: Any = Agent
        agent.HEARTBEAT_SLEEP_SECONDS = self.plan.poll_seconds
        entity, project = self.plan.entity, self.plan.project
        if sweep is None:
            prior_runs = list(self.plan.prior_runs)
            sweep = wandb.sweep(dict(self.plan.configuration), entity=entity, project=project, prior_runs=prior_runs)
            self.connection.send(Opened(sweep))
        wandb.agent(sweep, function=self.trial, entity=entity, project=project, count=count)

    def trial(self) -> None:
        """One trial, in a thread of the agent's. The agent only prints what is raised here, so it is kept."""
        try:
            self._trial()
        except Exception as failure:
            if not is_stop(failure):
                self.failure = self.failure or failure
            raise

    def _trial(self) -> None:
        import wandb

        run = wandb.init()
        params = {name: run.config[name] for name in self.plan.configuration["parameters"]}
        self.connection.send(Began(run.id, params, run.sweep_url or ""))
        state = self._state(run)
        self.connection.send(Ended(run.id, state))
        # Raising would do as well, but after three failures W&B's agent gives up the sweep.
        run.finish(exit_code=0 if state == "COMPLETE" else 1)

    def _state(self, run: Any) -> str:
        metric, values = self.plan.configuration["metric"]["name"], []
        try:
            for fold in range(self.plan.folds):
                score = self._score(run.id, fold)
                if isinstance(score, str):
                    run.summary["error"] = score
                    return "FAIL"
                values.append(score)
                run.log({metric: sum(values) / len(values), "fold": fold + 1, f"{metric}_of_fold": score})
        except Exception as raised:
            if is_stop(raised):
                return "PRUNED"
            raise
        return "COMPLETE"

    def _score(self, trial: str, fold: int) -> float | str:
        self.connection.send(Asked(trial, fold))
        while True:
            while not self.connection.poll(STOP_SECONDS):
                pass
            answer: Scored = self.connection.recv()
            if answer[:2] == (trial, fold):  # not one to a trial that was stopped before it came
                return answer.score


def is_stop(raised: Exception) -> bool:
    """W&B's agent stops a trial by raising the class ``Exception`` itself in its thread."""
    return type(raised) is Exception
