"""What all routes share: the model, the settings, and a queue before the one thread that computes."""

from __future__ import annotations

import asyncio
import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from housing_assets.serving.api.schemas import Which
    from housing_assets.serving.current_model import CurrentModel
    from housing_assets.serving.served_model import ServedModel
    from housing_assets.settings.serving import ServingSettings

Answer = TypeVar("Answer")
FEW_WAITING = 4
"""Up to so many short computations are done in turn by the event loop: it is away for some milliseconds at most."""


class UnavailableError(RuntimeError):
    """Not now: nothing answers, or too many ask."""


@dataclass
class ApiState:
    """The model that answers, the one that may be next, and who waits for them.

    One thread computes, so that the event loop goes on answering whether the process lives. Further threads would only
    wait for each other: most of a small prediction holds the interpreter's lock. What is so short that it would take
    longer to hand it over, and to get the lock and a warm cache back, the event loop computes itself.
    """

    current: CurrentModel
    settings: ServingSettings
    coverage: float
    staging: CurrentModel | None = None
    waiting: int = 0
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    looked: float = -math.inf
    executor: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "prices"))

    @property
    def model(self) -> ServedModel:
        """What answers.

        Raises:
            UnavailableError: nothing does, and why.
        """
        return answering(self.current)

    async def named(self, which: Which) -> ServedModel:
        """What answers as ``which``.

        The one in staging is looked for when it is asked for, not more often than the other: who never asks does not
        pay for it. Where callers who did not ask for it may be answered by it, a thread follows it instead.

        Raises:
            UnavailableError: nothing does, and why.
        """
        if which == "production":
            return self.model
        if self.staging is None:
            raise UnavailableError("this API answers with one model alone")
        if not self.settings.follows_staging:
            await self._look(self.staging)
        return answering(self.staging)

    async def _look(self, staging: CurrentModel) -> None:
        async with self.looking:
            if time.monotonic() - self.looked > self.settings.poll_seconds:
                await asyncio.to_thread(staging.refresh)
                self.looked = time.monotonic()

    async def compute(self, function: Callable[..., Answer], *arguments: object, is_short: bool = False) -> Answer:
        """``function(*arguments)``, in the thread that computes unless ``is_short``: a few milliseconds.

        Raises:
            UnavailableError: too many wait already, or its turn did not come and end in time.
        """
        if self.waiting >= self.settings.waiting_requests:
            raise UnavailableError(f"{self.waiting} requests are waiting already")
        self.waiting += 1
        try:
            if is_short and self.waiting <= FEW_WAITING:
                return await self._compute_here(function, *arguments)
            call = asyncio.get_running_loop().run_in_executor(self.executor, function, *arguments)
            return await asyncio.wait_for(call, self.settings.request_seconds)
        except TimeoutError:
            raise UnavailableError(f"no answer within {self.settings.request_seconds:g} s") from None
        finally:
            self.waiting -= 1

    async def _compute_here(self, function: Callable[..., Answer], *arguments: object) -> Answer:
        """Raises TimeoutError."""
        started = time.monotonic()
        await asyncio.sleep(0)  # whoever came meanwhile is counted first
        answer = function(*arguments)
        if time.monotonic() - started > self.settings.request_seconds:
            raise TimeoutError
        return answer


def answering(followed: CurrentModel) -> ServedModel:
    """The model of ``followed``. Raises UnavailableError: there is none, and why."""
    if followed.model is None:
        reasons = "; ".join(map(str, followed.failures)) or "the model is being loaded"
        raise UnavailableError(f"no model answers: {reasons}")
    return followed.model
