"""The same file and settings give the same bytes, wherever and by however many workers."""

from __future__ import annotations

import numpy as np
import pytest

from housing_assets.project import FORCE_TAG
from housing_assets_tests.finished_run import entered
from housing_assets_tests.small_run import ASSETS, SmallRun, few_rows

IN_PARALLEL = ("imputation_comparison", "candidate_models", "sweep_results", "trained_model")


def versions(run: SmallRun) -> dict[str, str]:
    found = {asset: run.store.current(asset) for asset in ASSETS}
    assert None not in found.values()
    return {asset: entry.stored.data_version for asset, entry in found.items() if entry}


@pytest.fixture(scope="module")
def second_run(tmp_path_factory: pytest.TempPathFactory, mlflow_library: None) -> SmallRun:
    """From scratch, in a home of its own."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        run = entered(SmallRun(tmp_path_factory.mktemp("second")), monkeypatch)
        run.write(few_rows())
        assert run.computed() == list(ASSETS)
    return run


def test_a_second_run_from_scratch_stores_the_same_bytes(first_run: SmallRun, second_run: SmallRun):
    assert versions(first_run) == versions(second_run)


def test_it_registers_the_same_content(first_run: SmallRun, second_run: SmallRun):
    digests = {run.loaded("registered_model")["digest"] for run in (first_run, second_run)}
    assert digests == {versions(first_run)["trained_model"]}


def test_its_model_predicts_the_same_numbers(first_run: SmallRun, second_run: SmallRun):
    rows = few_rows(100, seed=5)
    np.testing.assert_array_equal(
        first_run.loaded("trained_model").predict(rows), second_run.loaded("trained_model").predict(rows)
    )


def test_the_number_of_workers_does_not_matter(finished_run: SmallRun):
    before = versions(finished_run)
    finished_run.overrides = {"compute": {"workers": 2}}
    assert finished_run.computed(*IN_PARALLEL, **{FORCE_TAG: "true"}) == list(IN_PARALLEL)
    assert versions(finished_run) == before
