from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config

from housing_assets.domain.models.cross_validation import Point
from housing_assets.domain.sweep.finalists import Finals
from housing_assets.domain.sweep.search import Fidelity, SweepResult, run_sweep
from housing_assets.domain.sweep.search_space import parse_search_space
from housing_assets_tests.domain.model_examples import folds

if TYPE_CHECKING:
    from pathlib import Path

FOLDS = folds()
FULL = Fidelity(rows=None, tree_share=1.0, folds=3)
CONFIGURATION: dict[str, Any] = {
    "method": "bayes",
    "metric": {"name": "wmape", "goal": "minimize"},
    "parameters": {
        "alpha": {"distribution": "log_uniform_values", "min": 0.1, "max": 1e5},
        "price": {"values": ["none", "log"]},
    },
}
PRUNED = {"early_terminate": {"type": "hyperband", "min_iter": 1, "eta": 2}}


class Killed(BaseException):
    """As a process killed from outside: nothing that handles errors sees it."""


def sweep(changes: Any = None, *, resume_path: Path | None = None, report: Any = lambda _: None, **chosen: Any) -> Any:
    arguments: dict[str, Any] = {
        "algorithm": "ridge",
        "trials": 12,
        "batch": 4,
        "fidelity": FULL,
        "finals": Finals(count=2, variants=({"price": "none"},), blend=True),
        "seed": 1,
        "identity": "fingerprint",
    }
    space = parse_search_space(CONFIGURATION | (changes or {}))
    return run_sweep(FOLDS, space=space, resume_path=resume_path, report=report, **arguments | chosen)


def killed_after(batches: int) -> Any:
    heard: list[str] = []

    def report(text: str) -> None:
        heard.append(text)
        if len(heard) == batches:
            raise Killed

    return report


RESULT = sweep(PRUNED)


def test_one_row_a_trial_in_order():
    assert RESULT.trials["number"].tolist() == list(range(12))


def test_pruning_prunes_and_spares_the_folds():
    pruned = RESULT.trials[RESULT.trials["state"] == "PRUNED"]
    assert len(pruned) >= 2
    assert pruned["fold_3"].isna().all()


def test_nothing_is_pruned_unless_asked():
    assert set(sweep().trials["state"]) == {"COMPLETE"}


def test_the_best_complete_trial_is_a_finalist():
    complete = RESULT.trials[RESULT.trials["state"] == "COMPLETE"]
    assert complete["number"][complete["value"].idxmin()] == RESULT.finalists["trial"].iloc[0]


def test_the_winner_is_the_best_by_cross_validation():
    assert RESULT.metrics["wmape"] <= RESULT.finalists["value"].min() + 1e-9


def test_out_of_fold_has_every_row_once():
    assert RESULT.out_of_fold.index.tolist() == sorted(np.concatenate([fold.valid_rows for fold in FOLDS]))


def test_two_runs_give_the_same_bytes():
    assert json.dumps(sweep(PRUNED).to_dict()) == json.dumps(RESULT.to_dict())


def test_workers_change_nothing():
    with parallel_config(backend="threading", n_jobs=3):
        assert json.dumps(sweep(PRUNED).to_dict()) == json.dumps(RESULT.to_dict())


def test_the_seed_changes_the_trials():
    assert not sweep(PRUNED, seed=2).trials["params"].equals(RESULT.trials["params"])


def test_goes_on_after_a_kill_as_if_nothing_had_been(tmp_path: Path):
    journal = tmp_path / "sweep.journal"
    with pytest.raises(Killed):
        sweep(PRUNED, resume_path=journal, report=killed_after(2))
    heard: list[str] = []
    resumed = sweep(PRUNED, resume_path=journal, report=heard.append)
    assert heard[0] == "resumed: 8 of 12 trials were finished before"
    assert json.dumps(resumed.to_dict()) == json.dumps(RESULT.to_dict())


def test_half_a_line_in_the_journal_loses_nothing(tmp_path: Path):
    journal = tmp_path / "sweep.journal"
    with pytest.raises(Killed):
        sweep(PRUNED, resume_path=journal, report=killed_after(2))
    with journal.open("ab") as file:
        file.write(b'{"op_code":4,"wor')
    assert json.dumps(sweep(PRUNED, resume_path=journal).to_dict()) == json.dumps(RESULT.to_dict())


@pytest.mark.timeout(60)
def test_a_lock_that_a_killed_process_left_is_not_waited_for(tmp_path: Path):
    journal = tmp_path / "sweep.journal"
    with pytest.raises(Killed):
        sweep(PRUNED, resume_path=journal, report=killed_after(2))
    journal.with_name("sweep.journal.lock").symlink_to(journal)
    assert json.dumps(sweep(PRUNED, resume_path=journal).to_dict()) == json.dumps(RESULT.to_dict())


@pytest.mark.parametrize("damage", [b"\x00\xff\xfe\n", b"null\n", b'{"study_id": 0}\n', b"\n"])
def test_a_damaged_line_costs_what_comes_after_it_alone(damage: bytes, tmp_path: Path):
    journal = tmp_path / "sweep.journal"
    with pytest.raises(Killed):
        sweep(PRUNED, resume_path=journal, report=killed_after(2))
    lines = journal.read_bytes().splitlines(keepends=True)
    lines[-2] = damage
    journal.write_bytes(b"".join(lines))
    heard: list[str] = []
    assert json.dumps(sweep(PRUNED, resume_path=journal, report=heard.append).to_dict()) == json.dumps(RESULT.to_dict())
    assert heard[0] == "resumed: 4 of 12 trials were finished before"


def test_a_sweep_of_other_code_or_settings_does_not_go_on_from_the_journal(tmp_path: Path):
    journal = tmp_path / "sweep.journal"
    heard: list[str] = []
    with pytest.raises(Killed):
        sweep(PRUNED, resume_path=journal, report=killed_after(2))
    sweep(PRUNED, resume_path=journal, report=heard.append, identity="another fingerprint")
    assert not [text for text in heard if "resumed" in text]


def test_the_journal_is_gone_when_the_sweep_is_done(tmp_path: Path):
    sweep(resume_path=tmp_path / "sweep.journal")
    assert not (tmp_path / "sweep.journal").exists()


def test_failed_trials_are_failed_and_no_number():
    failing = {"parameters": {"alpha": {"min": -5.0, "max": 5.0}}}
    trials = sweep(failing, finals=Finals(1, (), blend=False)).trials
    failed = trials[trials["state"] == "FAIL"]
    assert len(failed) > 0
    assert failed["value"].isna().all()
    assert failed["error"].str.contains("alpha").all()
    assert set(trials["state"]) == {"FAIL", "COMPLETE"}


def test_all_trials_failing_is_an_error_with_the_reason():
    with pytest.raises(RuntimeError, match=r"none of 12 trials completed; the first error: .*alpha"):
        sweep({"parameters": {"alpha": {"min": -5.0, "max": -1.0}}})


def test_grid_takes_each_point_once():
    grid = {"method": "grid", "parameters": {"alpha": {"values": [1, 10, 100]}, "price": {"values": ["none", "log"]}}}
    params = sweep(grid, trials=50).trials["params"]
    assert (len(params), params.nunique()) == (6, 6)


def test_random_is_seeded():
    random = {"method": "random"}
    assert sweep(random).trials.equals(sweep(random).trials)


def test_a_goal_against_the_metric_is_refused():
    with pytest.raises(ValueError, match="'maximize'; allowed for wmape: minimize"):
        sweep({"metric": {"name": "wmape", "goal": "maximize"}})


def test_a_metric_to_maximise():
    result = sweep({"metric": {"name": "r2", "goal": "maximize"}})
    assert result.metrics["r2"] >= result.finalists["value"].max() - 1e-9


def test_progress_says_trial_best_and_time_left():
    heard: list[str] = []
    sweep(report=heard.append)
    assert heard[0].startswith("trial 4 of 12, best so far")
    assert "s left" in heard[0]


def test_low_fidelity_learns_the_same_distance_with_fewer_trees():
    point = Point("hist_gradient_boosting", {"max_iter": 400, "learning_rate": 0.05, "max_leaf_nodes": 9})
    lowered = Fidelity(rows=100, tree_share=0.25, folds=2).lowered(point)
    assert lowered.params == {"max_iter": 100, "learning_rate": 0.2, "max_leaf_nodes": 9}


def test_few_folds_are_scored_at_low_fidelity():
    trials = sweep(fidelity=Fidelity(rows=50, tree_share=1.0, folds=2)).trials
    assert "fold_2" in trials
    assert "fold_3" not in trials


def test_survives_json():
    content = json.loads(json.dumps(RESULT.to_dict()))
    again = SweepResult.from_dict(content)
    pd.testing.assert_series_equal(again.out_of_fold, RESULT.out_of_fold, check_exact=True)
    assert again.to_dict() == RESULT.to_dict()


def test_finished_share_counts_all_but_failures():
    assert RESULT.finished_share == 1
