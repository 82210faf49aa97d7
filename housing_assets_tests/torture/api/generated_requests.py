"""Thousands of requests that schemathesis makes up, right and wrong ones: no answer is a 5xx or outside of OpenAPI."""

from __future__ import annotations

from itertools import count, product
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core.failures import FailureGroup

from housing_assets_tests.serving.api.generated import MODES, ask, cases, operations
from housing_assets_tests.serving.server import running
from housing_assets_tests.torture.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from housing_assets_tests.small_run import SmallRun

EACH = 60
"""Requests of a route, right or wrong, in a row; a route that takes nothing gets fewer."""


def generated_requests(run: SmallRun, requests: int = 10_000) -> Outcome:
    """The family, against version 1 of ``run`` in production."""
    with running(run.home, workers=2) as (_, port):
        return ask_often(f"http://127.0.0.1:{port}", requests)


def ask_often(address: str, requests: int, routes: Sequence[Any] | None = None) -> Outcome:
    """At least so many ``requests``, every route in turn, others in each round."""
    outcome = Outcome()
    for number in count():
        for operation, mode in product(routes or operations(), MODES):
            if outcome.faults >= requests:
                return outcome
            ask_route(address, operation, mode, number, outcome)
    raise AssertionError


def ask_route(address: str, operation: Any, mode: Any, number: int, outcome: Outcome) -> None:
    """Add requests of one route to ``outcome``; ``number`` decides which."""
    requests = cases(operation, mode)
    if requests is None:
        return

    @seed(number)
    @settings(
        max_examples=EACH,
        phases=[Phase.generate],
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests)
    def judge(case: Any) -> None:
        outcome.faults += 1
        try:
            ask(case, address)
        except FailureGroup as group:
            outcome.wrong.append(f"{operation.label}: {', '.join(failure.title for failure in group.exceptions)}")
        except OSError as error:
            outcome.lost.append(f"{operation.label}: no answer: {error!r}")

    judge()
