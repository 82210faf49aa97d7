"""How what went wrong is said: a fault of the request with row, field and reason, anything else in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from housing_assets.serving.api.schemas import ErrorAnswer, RefusalAnswer
from housing_assets.serving.api.state import ApiState, UnavailableError
from housing_assets.serving.explanation import UnexplainableModelError
from housing_assets.serving.row_schema import RowFault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI, Request

CLIENT_GONE = 499
"""As nginx counts clients that hang up; HTTP has no number for it."""

REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorAnswer, "description": "No API key, or an unknown one."},
    408: {"model": ErrorAnswer, "description": "The body did not come in time."},
    413: {"model": ErrorAnswer, "description": "The body is too large."},
    422: {"model": RefusalAnswer, "description": "Everything that is wrong with the request."},
    503: {
        "model": ErrorAnswer,
        "description": "Not now: no model answers, or too many requests wait.",
        "headers": {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}},
    },
}
OTHER_FILE: dict[int | str, dict[str, Any]] = {
    415: {"model": ErrorAnswer, "description": "A file that is neither CSV nor JSON lines, such as Parquet."}
}


class FaultyRequestError(ValueError):
    """What was asked cannot be priced; ``faults`` are all of them."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        super().__init__(f"{len(faults)} fault(s)")
        self.faults = faults


class OtherFileError(HTTPException):
    """A file of a ``kind`` that is not read here."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            415,
            f"the file is {kind}: send CSV with a header or JSON lines, unpacked. `housing predict FILE` prices "
            "Parquet and packed files, too",
        )


def json_answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    body = content if isinstance(content, bytes) else to_json(content)
    return Response(body, status, headers, "application/json")


def refusal(faults: Sequence[RowFault]) -> Response:
    """422 with every fault."""
    detail = [{"row": None if row < 0 else row, "field": field, "reason": why} for row, field, why in faults]
    return json_answer({"detail": detail}, 422)


def not_now(reason: str, retry_after: int) -> Response:
    return json_answer({"detail": reason}, 503, {"Retry-After": str(retry_after)})


def add_handlers(application: FastAPI, state: ApiState) -> None:
    """Give each kind of error its answer."""

    @application.exception_handler(FaultyRequestError)
    async def _faulty(_: Request, error: FaultyRequestError) -> Response:
        return refusal(error.faults)

    @application.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> Response:
        faults = [RowFault(-1, str(each["loc"][-1]), str(each["msg"])) for each in error.errors()]
        return refusal(faults)

    @application.exception_handler(UnavailableError)
    async def _unavailable(_: Request, error: UnavailableError) -> Response:
        return not_now(str(error), state.settings.retry_after_seconds)

    @application.exception_handler(UnexplainableModelError)
    async def _unexplainable(_: Request, error: UnexplainableModelError) -> Response:
        return refusal([RowFault(-1, "explain", str(error))])

    @application.exception_handler(ClientDisconnect)
    async def _gone(_: Request, __: ClientDisconnect) -> Response:
        return Response(status_code=CLIENT_GONE)  # read by nobody, but counted as what it is: no fault of the server

    @application.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> Response:
        return json_answer({"detail": str(error.detail)}, error.status_code, dict(error.headers or {}))
