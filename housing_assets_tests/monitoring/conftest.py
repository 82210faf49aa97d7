from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets_tests.finished_run import copied, finished, finished_run
from housing_assets_tests.mlflow_server import first_users, mlflow_library
from housing_assets_tests.monitoring.production import Production

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets_tests.small_run import SmallRun

__all__ = ["finished_run", "first_users", "mlflow_library"]


@pytest.fixture(scope="module")
def entered_run(tmp_path_factory: pytest.TempPathFactory, mlflow_library: None) -> Iterator[SmallRun]:
    """A copy of the finished run for a whole module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DAGSTER_HOME", raising=False)
        yield copied(finished(tmp_path_factory.getbasetemp()), tmp_path_factory.mktemp("production") / "home", patch)


@pytest.fixture(scope="module")
def production(entered_run: SmallRun) -> Production:
    """With the registered version in production."""
    found = Production(entered_run)
    found.releases.promote("staging", who="ada", why="the first one")
    return found
