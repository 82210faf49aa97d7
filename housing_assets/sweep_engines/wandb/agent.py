"""One agent of a W&B sweep, in a process of its own.

Before each trial W&B's agent closes every run of its process, it speaks through the environment, and it stops a trial
by raising an exception in the midst of whatever the trial does. None of this may happen where the data, the fits and
the run of the asset are. The agent therefore only carries: parameters out, the score of a fold back in.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housing_assets.sweep_engines.wandb.messages import Asked, Began, Broken, Ended, Opened, Plan, Scored

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

STOP_SECONDS = 0.05
"""A trial that waits for a score looks up so often, and only then can it be stopped."""


def run_agent(connection: Connection, plan: Plan, sweep: str | None, count: int) -> None:
    """Run ``count`` trials of ``sweep``, or of a new one that is announced as ``Opened``."""
    os.environ.pop("WANDB_SERVICE", None)  # the background process of the asset's run; the agent has one of its own
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
        """Each fold is a step of history: the metrics' means so far, which W&B's early termination compares."""
        metric, scores = self.plan.configuration["metric"]["name"], []
        try:
            for fold in range(self.plan.folds):
                score = self._score(run.id, fold)
                if isinstance(score, str):
                    run.summary["error"] = score
                    return "FAIL"
                scores.append(score)
                means = {name: sum(each[name] for each in scores) / len(scores) for name in score}
                run.log({**means, "fold": fold + 1, f"{metric}_of_fold": score[metric]})
        except Exception as raised:
            if is_stop(raised):
                return "PRUNED"
            raise
        return "COMPLETE"

    def _score(self, trial: str, fold: int) -> dict[str, float] | str:
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
