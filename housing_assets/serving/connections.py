"""How many clients may be connected, and how long each may take to ask: who asks nothing keeps nobody else out."""

from __future__ import annotations

import resource
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

CONNECTIONS = 50_000
"""Of one process, at the most. The usual limit of 1,024 would soon be reached by clients that ask nothing."""

IDLE_SECONDS = 75
"""Longer than clients keep a connection, so that none is closed under a request that is just being sent."""


def allow_connections() -> None:
    """Let this process and its workers have ``CONNECTIONS``, as far as the system lets it; never fewer than before."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS if hard == resource.RLIM_INFINITY else min(CONNECTIONS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def head_timeout_protocol(seconds: float) -> type[HttpToolsProtocol]:
    """The HTTP of uvicorn, which closes a connection that takes more than ``seconds`` to send the head of a request.

    uvicorn itself closes only those that were answered once and then ask nothing. The time starts when the connection
    is made, and again when a further request begins; for bodies see ``api.gate``.
    """
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class HeadTimeoutProtocol(HttpToolsProtocol):
        waiting: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.wait_for_head()

        def on_message_begin(self) -> None:
            self.wait_for_head()
            super().on_message_begin()

        def on_headers_complete(self) -> None:
            self.stop_waiting()
            super().on_headers_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self.stop_waiting()
            super().connection_lost(exc)

        def wait_for_head(self) -> None:
            self.stop_waiting()
            self.waiting = self.loop.call_later(seconds, self.transport.close)

        def stop_waiting(self) -> None:
            if self.waiting is not None:
                self.waiting.cancel()

    return HeadTimeoutProtocol
