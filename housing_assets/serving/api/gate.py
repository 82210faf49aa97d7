"""What stands before every route: API keys, limits on bytes and time of a body, and the count of what was answered."""

from __future__ import annotations

import asyncio
import hmac
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from housing_assets.serving.api.errors import json_answer
from housing_assets.serving.log.answers import OK, Answer, request_id

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from housing_assets.serving.api.prometheus_metrics import Metrics
    from housing_assets.serving.log.prediction_log import PredictionLog

MEGABYTE = 1_000_000
REQUEST_ID = b"x-request-id"
PRICES = ("/api/v1/predict", "/v2/models/")
OPEN_TO_ALL = ("/health/", "/v2/health/")
"""What an orchestrator of containers asks has no key."""


@dataclass
class ApiKeys:
    """The keys in a file, one a line, read again when it changes. None: whoever reaches the API may ask."""

    file: Path | None
    _keys: tuple[bytes, ...] = ()
    _state: tuple[int, int, int] | None = field(default=None, repr=False)

    def allow(self, given: bytes) -> bool:
        """Whether ``given`` is one of the keys; every key is compared, each in constant time."""
        if self.file is None:
            return True
        matches = [hmac.compare_digest(key, given) for key in self._read(self.file)]
        return any(matches)

    def _read(self, file: Path) -> tuple[bytes, ...]:
        """A file that is gone for an instant, as while it is replaced, leaves the keys as they were."""
        try:
            status = file.stat()
            state = (status.st_mtime_ns, status.st_size, status.st_ino)
            if state != self._state:
                lines = [line.strip() for line in file.read_bytes().splitlines()]
                self._keys = tuple(line for line in lines if line and not line.startswith(b"#"))
                self._state = state
        except OSError:
            pass
        return self._keys


class TooLargeError(HTTPException):
    """More bytes came than are allowed."""

    def __init__(self, maximum_bytes: int) -> None:
        text = f"the body is larger than {maximum_bytes / MEGABYTE:g} MB"
        super().__init__(413, text, {"Connection": "close"})


class SlowClientError(HTTPException):
    """The body did not come in time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(408, f"the body did not come within {seconds:g} s", {"Connection": "close"})


@dataclass
class Gate:
    """An ASGI application around another."""

    application: ASGIApp
    keys: ApiKeys
    maximum_bytes: int
    request_seconds: float
    metrics: Metrics
    log: PredictionLog | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        moment, started = time.time(), time.perf_counter()
        identity = request_id(moment)
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (REQUEST_ID, identity.encode())]
            await send(message)

        try:
            await self._admit(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - started
            self.metrics.count(scope, status, seconds)
            self._log(scope, identity, moment, status, seconds)

    def _log(self, scope: Scope, identity: str, moment: float, status: int, seconds: float) -> None:
        """Every answer of a route that gives prices."""
        route = getattr(scope.get("route"), "path", "")
        if self.log is not None and route.startswith(PRICES) and scope["method"] == "POST":
            priced = scope.get("state", {}).get("priced") if status == OK else None
            self.log.offer(Answer(identity, route, moment, seconds, status, priced))

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        if not scope["path"].startswith(OPEN_TO_ALL) and not self.keys.allow(key_in(headers)):
            answer = json_answer({"detail": "no API key, or an unknown one"}, 401, {"WWW-Authenticate": "Bearer"})
            await answer(scope, receive, send)
            return
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self.maximum_bytes:
            error = TooLargeError(self.maximum_bytes)
            answer = json_answer({"detail": error.detail}, error.status_code, dict(error.headers or {}))
            await answer(scope, receive, send)
            return
        await self.application(scope, limited(receive, self.maximum_bytes, self.request_seconds), send)


def key_in(headers: dict[bytes, bytes]) -> bytes:
    """The key in ``Authorization: Bearer`` or ``X-API-Key``."""
    bearer = headers.get(b"authorization", b"")
    return bearer[7:].strip() if bearer[:7].lower() == b"bearer " else headers.get(b"x-api-key", b"").strip()


def limited(receive: Receive, maximum_bytes: int, seconds: float) -> Receive:
    """``receive``, until more than so many bytes came, or so many ``seconds`` passed before the body was whole."""
    total, is_whole, deadline = 0, False, asyncio.get_running_loop().time() + seconds

    async def counted() -> Message:
        nonlocal total, is_whole
        try:
            async with asyncio.timeout_at(None if is_whole else deadline):
                message = await receive()
        except TimeoutError:
            raise SlowClientError(seconds) from None
        total += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if total > maximum_bytes:
            raise TooLargeError(maximum_bytes)
        return message

    return counted
