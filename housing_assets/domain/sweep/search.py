"""The sweep: many trials at low fidelity, the few best of them finished at full fidelity, the winner of those.

How trials are asked, scored and pruned is in ``trials``; what becomes of the best in ``finalists``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from housing_assets.domain.metrics import all_metrics, direction
from housing_assets.domain.models.cross_validation import Point, cross_validate
from housing_assets.domain.models.folds import truncate_fold
from housing_assets.domain.models.regressors import trees_parameter
from housing_assets.domain.sweep.finalists import choose_finalists, finish
from housing_assets.domain.sweep.trials import Search, run_trials

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from housing_assets.domain.models.folds import PreparedFold
    from housing_assets.domain.sweep.finalists import Finals, Finished
    from housing_assets.domain.sweep.search_space import SearchSpace


@dataclass(frozen=True)
class Fidelity:
    """How much a trial costs: training rows of a fold (None: all), the share of its trees, and folds.

    With a share of the trees, the learning rate rises by as much, so that the same distance is learned.
    """

    rows: int | None
    tree_share: float
    folds: int

    def lowered(self, point: Point) -> Point:
        params, trees = dict(point.params), trees_parameter(point.algorithm)
        if trees in params:
            params[trees] = max(1, round(params[trees] * self.tree_share))
        if "learning_rate" in params:
            params["learning_rate"] = params["learning_rate"] / self.tree_share
        return Point(point.algorithm, params)


@dataclass(frozen=True)
class SweepResult:
    """What a sweep leaves: every trial, the finalists, and the winner with what it predicts for rows it did not see.

    ``trials``, one row each: ``number``; ``state`` (COMPLETE, PRUNED, FAIL); ``params`` (JSON, as they would be at full
    fidelity); ``value`` (mean metric of the folds that were scored, NaN if it failed); ``fold_1``, ``fold_2``, ...; and
    ``error``. ``finalists``: see ``finalists.Finished``. ``algorithm`` and ``params`` are the winner, ``metrics`` its
    ten, cross-validated, ``out_of_fold`` its predictions in dollars by row label.
    """

    trials: pd.DataFrame
    finalists: pd.DataFrame
    metric: str
    algorithm: str
    params: dict[str, Any]
    metrics: dict[str, float]
    out_of_fold: pd.Series[float]

    @property
    def finished_share(self) -> float:
        """Share of trials that completed or were pruned."""
        return float((self.trials["state"] != "FAIL").mean())

    def to_dict(self) -> dict[str, Any]:
        """As plain numbers, strings and lists, for JSON."""
        return {
            "trials": json.loads(self.trials.to_json(orient="records", double_precision=15)),
            "finalists": json.loads(self.finalists.to_json(orient="records", double_precision=15)),
            "metric": self.metric,
            "algorithm": self.algorithm,
            "params": self.params,
            "metrics": self.metrics,
            "out_of_fold": {"rows": self.out_of_fold.index.tolist(), "predicted": self.out_of_fold.tolist()},
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> SweepResult:
        rows, predicted = content["out_of_fold"]["rows"], content["out_of_fold"]["predicted"]
        out_of_fold = pd.Series(predicted, index=rows, name="predicted", dtype=np.float64)
        tables = {name: pd.DataFrame(content[name]) for name in ("trials", "finalists")}
        return cls(**{**content, **tables, "out_of_fold": out_of_fold})


def run_sweep(  # noqa: PLR0913 - what a search is, where it goes on from, and who chooses
    folds: Sequence[PreparedFold],
    *,
    algorithm: str,
    space: SearchSpace,
    trials: int,
    batch: int,
    fidelity: Fidelity,
    finals: Finals,
    seed: int,
    identity: str,
    resume_path: Path | None,
    report: Callable[[str], None],
    engine: Callable[..., list[Any]] = run_trials,
) -> SweepResult:
    """Search ``space`` for the best parameters of ``algorithm`` on ``folds``.

    ``batch`` trials run side by side (on as many workers as ``parallel.parallelism`` says: the result does not depend
    on it). ``resume_path`` keeps finished trials until the sweep is done, for a sweep of the same ``identity`` to go on
    from. ``engine`` chooses the trials: a function of the signature of ``trials.run_trials``.

    Raises:
        ValueError: for a metric that is not one of the ten, or a goal that is not its direction.
        RuntimeError: if no trial completed, with the first error.
    """
    check_metric(space)
    few = [truncate_fold(fold, fidelity.rows, seed) for fold in folds[: fidelity.folds]]

    def score(params: Sequence[Mapping[str, Any]], fold: int) -> list[dict[str, float] | str]:
        points = [fidelity.lowered(Point(algorithm, each)) for each in params]
        outcomes = cross_validate(points, [few[fold]], seed=seed)
        return [each.error or all_metrics(few[fold].y_valid, each.predictions[0]) for each in outcomes]

    search = Search(space, trials, batch, len(few), seed, identity, score)
    table = trial_table(engine(search, resume_path=resume_path, report=report), space, len(few))
    done = finish_trials(
        table, folds, algorithm=algorithm, metric=space.metric.name, finals=finals, seed=seed, report=report
    )
    if resume_path is not None:
        resume_path.unlink(missing_ok=True)
    return SweepResult(
        trials=table,
        finalists=done.table,
        metric=space.metric.name,
        algorithm=done.winner.algorithm,
        params=dict(done.winner.params),
        metrics=done.metrics,
        out_of_fold=done.predictions,
    )


def check_metric(space: SearchSpace) -> None:
    goal = direction(space.metric.name).replace("ise", "ize")
    if space.metric.goal != goal:
        raise ValueError(f"metric.goal: {space.metric.goal!r}; allowed for {space.metric.name}: {goal}")


def trial_table(trials: Sequence[Any], space: SearchSpace, folds: int) -> pd.DataFrame:
    rows = []
    for trial in trials:
        values = trial.user_attrs.get("fold_values", [])
        row = {
            "number": trial.number,
            "state": trial.state.name,
            "params": json.dumps(space.constants() | trial.params, sort_keys=True),
            "value": float(np.mean(values)) if values and trial.state.name != "FAIL" else np.nan,
        }
        row |= {f"fold_{fold + 1}": values[fold] if fold < len(values) else np.nan for fold in range(folds)}
        rows.append(row | {"error": trial.user_attrs.get("error", "")})
    return pd.DataFrame(rows)


def finish_trials(
    table: pd.DataFrame,
    folds: Sequence[PreparedFold],
    *,
    algorithm: str,
    metric: str,
    finals: Finals,
    seed: int,
    report: Callable[[str], None],
) -> Finished:
    complete = table[table["state"] == "COMPLETE"]
    if complete.empty:
        raise RuntimeError(f"none of {len(table)} trials completed; the first error: {table['error'].max()}")
    params = [json.loads(text) for text in complete["params"]]
    trials = list(zip(complete["number"].tolist(), params, complete["value"].tolist(), strict=True))
    finalists = choose_finalists(algorithm, trials, finals, metric)
    return finish(
        finalists, folds, metric=metric, blend=finals.blend, seed=seed, report=lambda text: report(f"finals, {text}")
    )
