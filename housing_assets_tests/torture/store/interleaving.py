"""Several actors on one store, of which one moves at a time: which one, a seed decides.

Each operation on the blobs is a turn. A run is repeated exactly by its seed.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from housing_assets.storage.backends.blobs import Blobs


@dataclass
class Turns:
    """Hands the turn from one actor to the next. ``clock`` counts the turns so far."""

    random: random.Random
    clock: int = 0

    def run(self, actors: Sequence[Callable[[], None]]) -> None:
        """Run every actor to its end.

        Raises:
            Exception: what the first actor that failed raised, after all have ended.
        """
        self._waiting = {number: threading.Semaphore(0) for number in range(len(actors))}
        self._failures: list[BaseException] = []
        threads = [threading.Thread(target=self._act, args=each, daemon=True) for each in enumerate(actors)]
        for thread in threads:
            thread.start()
        self._hand_over()
        for thread in threads:
            thread.join(60)
        if self._failures:
            raise self._failures[0]

    def take(self) -> None:
        """Let others move, as chance has it, before the one who calls goes on."""
        number = int(threading.current_thread().name)
        self._hand_over()
        self._waiting[number].acquire()
        self.clock += 1

    def _act(self, number: int, actor: Callable[[], None]) -> None:
        threading.current_thread().name = str(number)
        self._waiting[number].acquire()
        try:
            actor()
        except BaseException as error:
            self._failures.append(error)
        finally:
            del self._waiting[number]
            self._hand_over()

    def _hand_over(self) -> None:
        if self._waiting:
            self._waiting[self.random.choice(sorted(self._waiting))].release()


class Interleaved:
    """Blobs of which each operation is a turn; a listing is read at once."""

    def __init__(self, blobs: Blobs, turns: Turns) -> None:
        self._blobs, self._turns = blobs, turns

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._blobs, name)

        def operate(*arguments: Any) -> Any:
            if name == "uri":
                return operation(*arguments)
            self._turns.take()
            result = operation(*arguments)
            return list(result) if name == "list_blobs" else result

        return operate
