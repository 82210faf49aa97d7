from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import housing_assets
from housing_assets.domain.dask_cluster import DaskClusterError
from housing_assets.domain.models.cross_validation import Outcome, Point, cross_validate
from housing_assets.domain.parallel import align_array, parallelism, run_parallel
from housing_assets.domain.sweep.finalists import Finals
from housing_assets.domain.sweep.search import Fidelity, run_sweep
from housing_assets.domain.sweep.search_space import parse_search_space
from housing_assets_tests.dask_cluster import SECONDS, DaskCluster, started
from housing_assets_tests.domain.model_examples import folds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

SPACE = parse_search_space(
    {
        "method": "bayes",
        "metric": {"name": "wmape", "goal": "minimize"},
        "early_terminate": {"type": "hyperband", "min_iter": 1, "eta": 2},
        "parameters": {"n_estimators": {"min": 4, "max": 20}, "min_samples_leaf": {"min": 1, "max": 20}},
    }
)


@pytest.fixture(scope="module")
def dask_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with started(tmp_path_factory.mktemp("dask"), ("first", "second")) as cluster:
        yield cluster


def locally(workers: int = 1) -> AbstractContextManager[None]:
    return parallelism(workers=workers, backend="local", dask_address=None, dask_seconds=1)


def on_dask(address: str, seconds: float = SECONDS) -> AbstractContextManager[None]:
    return parallelism(workers=1, backend="dask", dask_address=address, dask_seconds=seconds)


def both_workers() -> Any:
    from distributed import default_client

    client = default_client()
    client.wait_for_workers(2, timeout=SECONDS)
    return client


def threads(_: int) -> int:
    from threadpoolctl import threadpool_info

    from housing_assets.domain.models import regressors

    assert regressors, "scikit-learn brings the pools of threads with it"
    return max(pool["num_threads"] for pool in threadpool_info())


def swept() -> bytes:
    result = run_sweep(
        folds(2),
        algorithm="random_forest",
        space=SPACE,
        trials=4,
        batch=2,
        fidelity=Fidelity(rows=60, tree_share=0.5, folds=2),
        finals=Finals(count=2, variants=(), blend=True),
        seed=0,
        identity="fingerprint",
        resume_path=None,
        report=lambda _: None,
    )
    return json.dumps(result.to_dict()).encode()


def validated(report: Callable[[str], None]) -> list[Outcome]:
    points = [Point("random_forest", {"n_estimators": 60, "min_samples_leaf": leaf}) for leaf in range(1, 7)]
    return cross_validate(points, folds(2), seed=0, report=report)


def content(outcomes: list[Outcome]) -> list[bytes]:
    return [prices.tobytes() for outcome in outcomes for prices in outcome.predictions]


def test_results_come_in_the_order_of_the_tasks():
    with locally(workers=2):
        assert list(run_parallel(pow, [(base, 2) for base in range(5)])) == [0, 1, 4, 9, 16]


def test_an_unaligned_array_is_copied():
    odd = np.frombuffer(b"x" + np.arange(4.0).tobytes(), offset=1, dtype=np.float64)
    assert (odd.flags.aligned, align_array(odd).flags.aligned, align_array(odd).tolist()) == (False, True, [0, 1, 2, 3])


def test_an_unknown_backend_names_the_setting():
    unknown = parallelism(workers=1, backend="ray", dask_address=None, dask_seconds=1)
    with pytest.raises(ValueError, match=r"compute\.backend"), unknown:
        pass


def test_a_sweep_on_dask_is_that_of_one_process(dask_cluster: DaskCluster):
    with on_dask(dask_cluster.address):
        remote = swept()
    with locally():
        assert remote == swept()


def test_arrays_that_reach_a_dask_worker_are_summed_as_here(dask_cluster: DaskCluster):
    arrays = [np.random.default_rng(seed).random((2000, 7)) for seed in range(6)]
    with on_dask(dask_cluster.address):
        remote = list(run_parallel(np.sum, [(array,) for array in arrays]))
    assert remote == [array.sum() for array in arrays]


def test_each_fit_on_dask_has_one_thread(dask_cluster: DaskCluster):
    with on_dask(dask_cluster.address):
        assert set(run_parallel(threads, [(number,) for number in range(4)])) == {1}


@pytest.mark.parametrize("victim", ["first", "second"])
def test_a_worker_that_is_killed_changes_nothing(dask_cluster: DaskCluster, victim: str):
    dask_cluster.ensure("first", "second")
    in_flight: list[int] = []

    def kill_once(_: str) -> None:
        if not in_flight:
            in_flight.append(sum(map(len, client.processing().values())))
            dask_cluster.kill(victim)

    with on_dask(dask_cluster.address):
        client = both_workers()
        survived = content(validated(kill_once))
        left = len(client.scheduler_info()["workers"])
    with locally():
        expected = content(validated(lambda _: None))

    assert (in_flight[0] > 0, left) == (True, 1)
    assert survived == expected


def test_an_unreachable_scheduler_is_said():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
    with (
        pytest.raises(DaskClusterError, match=rf"compute\.dask_address: no Dask scheduler answers at '{address}'"),
        on_dask(address, seconds=1),
    ):
        pass


def test_an_address_that_is_none_names_the_setting():
    with pytest.raises(DaskClusterError, match=r"compute\.dask_address"), on_dask("nonsense://?", seconds=1):
        pass


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ModuleNotFoundError, match=r"housing_assets\[dask\]"), on_dask("tcp://127.0.0.1:1"):
        pass


def test_a_cluster_without_workers_is_said(tmp_path: Path):
    with (
        started(tmp_path, ()) as cluster,
        pytest.raises(DaskClusterError, match="has no worker that answers within 1 s"),
        on_dask(cluster.address, seconds=1),
    ):
        pass


def test_a_worker_with_other_sources_is_refused(tmp_path: Path):
    shutil.copytree(Path(housing_assets.__file__).parent, tmp_path / "other" / "housing_assets")
    with (tmp_path / "other" / "housing_assets" / "domain" / "metrics.py").open("a") as source:
        source.write("# an edit that has not come here\n")
    with started(tmp_path, ()) as cluster:
        cluster.add_worker("other", PYTHONPATH=str(tmp_path / "other"))
        with (
            pytest.raises(DaskClusterError, match=r"has housing_assets\.domain \w+, here it is"),
            on_dask(cluster.address),
        ):
            pass


def class_of(estimator: Any) -> tuple[str, bool]:
    """The module of a class in a worker, and whether it is the one that an import finds there."""
    from housing_assets import estimators

    return type(estimator).__module__, type(estimator) is getattr(estimators, type(estimator).__name__)


def test_workers_find_our_classes_by_their_public_path():
    """In a process that has not loaded that path: loading it is what is tested."""
    program = (
        "from housing_assets.domain.features.ratios import Ratios\n"
        "from housing_assets.domain.parallel import parallelism, run_parallel\n"
        "from housing_assets_tests.domain.test_parallel import class_of\n"
        "with parallelism(workers=2, backend='local', dask_address=None, dask_seconds=1):\n"
        "    print(set(run_parallel(class_of, [(Ratios(),), (Ratios(),)])))\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "{('housing_assets.estimators', True)}"
