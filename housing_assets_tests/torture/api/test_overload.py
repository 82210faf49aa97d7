from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from housing_assets_tests.mlflow_server import first_users, mlflow_library
from housing_assets_tests.serving.load import INSTANCES, expected
from housing_assets_tests.serving.published import promoted
from housing_assets_tests.serving.server import running
from housing_assets_tests.torture.api.overload import (
    Watch,
    endless_body,
    few_files,
    flood,
    killed_worker,
    odd_bodies,
    open_connections,
    slow_senders,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets_tests.serving.published import Published

__all__ = ["first_users", "mlflow_library", "promoted"]


@pytest.fixture(scope="module")
def server(promoted: Published) -> Iterator[tuple[int, int]]:
    """The number of the process, and its port. It was given fewer open files than come connections."""
    with running(promoted.home, workers=2, prefix=few_files(100)) as (process, port):
        yield process.pid, port


@pytest.fixture
def watch(server: tuple[int, int]) -> Watch:
    return Watch(server[1], INSTANCES, expected()[1])


def test_others_are_served_beside_a_crowd(server: tuple[int, int], watch: Watch) -> None:
    port = server[1]
    with watch.beside():
        parts = [odd_bodies(port), endless_body(port), slow_senders(port, 20), open_connections(port, 200)]
        parts.append(flood(port, INSTANCES, 10))
    assert [text for part in parts for text in part.lost + part.wrong] + watch.wrong + watch.late == []


def test_a_killed_worker_is_replaced(server: tuple[int, int], watch: Watch) -> None:
    outcome = killed_worker(server[0], watch)
    assert (outcome.lost, watch.wrong, watch.late, watch.answers) == ([], [], [], 20)


def test_a_wrong_answer_is_found(server: tuple[int, int], watch: Watch) -> None:
    watch.expected = np.nextafter(watch.expected, np.inf)
    watch.ask(0)
    assert watch.wrong
