"""Who computes, and who is told to come again."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, cast

from housing_assets.serving.api.state import FEW_WAITING, ApiState, UnavailableError
from housing_assets.settings import load_settings


def at_once(count: int, *, is_short: bool, **settings: Any) -> list[Any]:
    """The thread of each of ``count`` computations that come at once, or why there was none."""
    serving = load_settings().serving.model_copy(update=settings)

    async def run() -> list[Any]:
        state = ApiState(cast("Any", None), serving, 0.9)
        calls = [state.compute(threading.get_ident, is_short=is_short) for _ in range(count)]
        return await asyncio.gather(*calls, return_exceptions=True)

    return asyncio.run(run())


def test_the_event_loop_does_what_is_short():
    assert at_once(2, is_short=True) == [threading.get_ident()] * 2


def test_a_thread_does_what_is_long():
    assert threading.get_ident() not in at_once(2, is_short=False)


def test_the_event_loop_does_a_few_at_once():
    threads = at_once(FEW_WAITING + 3, is_short=True)
    assert threads.count(threading.get_ident()) == FEW_WAITING


def test_those_that_came_before_the_first_was_done_are_counted():
    found = at_once(5, is_short=True, waiting_requests=3)
    assert [isinstance(each, UnavailableError) for each in found] == [False] * 3 + [True] * 2


def test_what_is_short_and_takes_too_long_all_the_same_is_given_up():
    (found,) = at_once(1, is_short=True, request_seconds=1e-9)
    assert "no answer within" in str(found)
