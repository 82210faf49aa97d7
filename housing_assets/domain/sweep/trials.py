"""The trials of a sweep: asked of Optuna in batches, scored fold by fold, pruned between folds, kept for a restart.

All trials of a batch are asked before any of them is told, and told in their order, so that the search takes the same
path on any number of workers. The sampler starts each batch from a seed of its own: a search that was interrupted and
resumed takes the path of one that was not.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import ParameterGrid

from housing_assets.domain.sweep.journal import Journal, quiet_study

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from housing_assets.domain.sweep.search_space import SearchSpace


@dataclass(frozen=True)
class Search:
    """A search: ``score`` gives, for parameters side by side and a fold's number, the ten metrics or an error for each.

    ``identity`` names everything that decides the result, so that only a search of the same identity is resumed.
    """

    space: SearchSpace
    trials: int
    batch: int
    folds: int
    seed: int
    identity: str
    score: Callable[[Sequence[Mapping[str, Any]], int], list[dict[str, float] | str]]

    def length(self) -> int:
        return min(self.trials, len(self.grid())) if self.space.method == "grid" else self.trials

    def grid(self) -> ParameterGrid:
        return ParameterGrid({name: parameter.grid() for name, parameter in self.space.parameters.items()})


def run_trials(search: Search, *, resume_path: Path | None, report: Callable[[str], None]) -> list[Any]:
    """All trials, as Optuna's frozen trials in order; ``user_attrs`` hold ``fold_values`` and, if failed, ``error``.

    Finished batches are kept in ``resume_path``, a journal of Optuna's: a trial found there is not run again.
    """
    study = quiet_study(search.space.metric.goal, pruner(search))
    journal = Journal(resume_path, search.identity, search.space.metric.goal)
    study.add_trials(journal.finished(search.batch))
    resumed = len(study.trials)
    if resumed:
        report(f"resumed: {resumed} of {search.length()} trials were finished before")
    started = time.monotonic()
    while (done := len(study.trials)) < search.length():
        asked = ask(study, search, done)
        run_batch(study, search, asked)
        journal.keep(study.trials[done:])
        report(progress(study, search.length(), (time.monotonic() - started) / (len(study.trials) - resumed)))
    return list(study.trials)


def ask(study: Any, search: Search, done: int) -> list[Any]:
    study.sampler = sampler(search.space.method, search.seed + done)
    numbers = range(done, min(done + search.batch, search.length()))
    if search.space.method == "grid":
        grid, constants = search.grid(), search.space.constants()
        for number in numbers:
            study.enqueue_trial({name: value for name, value in grid[number].items() if name not in constants})
    return [study.ask(search.space.distributions()) for _ in numbers]


def sampler(method: str, seed: int) -> Any:
    """A trial that runs counts as a bad one for the next of its batch (constant liar), which spreads the batch out."""
    from optuna.samplers import RandomSampler, TPESampler

    return (
        TPESampler(seed=seed, multivariate=True, constant_liar=True) if method == "bayes" else RandomSampler(seed=seed)
    )


def pruner(search: Search) -> Any:
    """W&B's "hyperband" stops a run that is not among the best 1 / eta at a bracket: Optuna's successive halving."""
    from optuna.pruners import NopPruner, SuccessiveHalvingPruner

    rule = search.space.early_terminate
    return SuccessiveHalvingPruner(min_resource=rule.first(), reduction_factor=rule.eta) if rule else NopPruner()


def run_batch(study: Any, search: Search, asked: list[Any]) -> None:
    """Score the batch on one fold after the other; after each, tell those that failed or are to be pruned."""
    values: dict[int, list[float]] = {trial.number: [] for trial in asked}
    for fold in range(search.folds):
        running, asked = asked, []
        scores = search.score([search.space.constants() | trial.params for trial in running], fold) if running else []
        for trial, score in zip(running, scores, strict=True):
            value = score if isinstance(score, str) else score[search.space.metric.name]
            if report_score(study, trial, value, values[trial.number], search.folds):
                asked.append(trial)
    for trial in asked:
        study.tell(trial, float(np.mean(values[trial.number])))


def report_score(study: Any, trial: Any, score: float | str, values: list[float], folds: int) -> bool:
    """A failure is told as one, without a number: a made-up bad score would mislead the search."""
    from optuna.trial import TrialState

    if isinstance(score, str):
        trial.set_user_attr("error", score)
        study.tell(trial, state=TrialState.FAIL)
        return False
    values.append(score)
    trial.set_user_attr("fold_values", list(values))
    trial.report(float(np.mean(values)), step=len(values))
    if len(values) < folds and trial.should_prune():
        study.tell(trial, state=TrialState.PRUNED)
        return False
    return True


def progress(study: Any, length: int, seconds_a_trial: float) -> str:
    from optuna.trial import TrialState

    trials = study.trials
    counts = {state: sum(trial.state is state for trial in trials) for state in (TrialState.PRUNED, TrialState.FAIL)}
    complete = any(trial.state is TrialState.COMPLETE for trial in trials)
    best = f"best so far {study.best_value:.4g} (trial {study.best_trial.number})" if complete else "none complete yet"
    left = seconds_a_trial * (length - len(trials))
    return (
        f"trial {len(trials)} of {length}, {best}, {counts[TrialState.PRUNED]} pruned, "
        f"{counts[TrialState.FAIL]} failed, about {left:.0f} s left"
    )
