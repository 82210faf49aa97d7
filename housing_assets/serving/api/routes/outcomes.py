"""The route that takes realised prices."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, ValidationError

from housing_assets.serving.api.errors import REFUSALS, FaultyRequestError, json_answer
from housing_assets.serving.api.state import UnavailableError
from housing_assets.serving.log.outcomes import OutcomesRequest, record_outcomes
from housing_assets.serving.log.prediction_log import described
from housing_assets.serving.row_schema import RowFault

if TYPE_CHECKING:
    from housing_assets.serving.api.prometheus_metrics import Metrics
    from housing_assets.serving.api.state import ApiState
    from housing_assets.serving.log.outcomes import Outcome


class RecordedAnswer(BaseModel):
    """That they are in the store."""

    recorded: int
    day: str = Field(description="On which they are judged.")


def outcome_routes(state: ApiState, metrics: Metrics) -> APIRouter:
    """``POST /api/v1/outcomes``."""
    routes = APIRouter(tags=["outcomes"], responses=REFUSALS)
    body = {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OutcomesRequest"}}},
    }

    @routes.post("/api/v1/outcomes", response_model=RecordedAnswer, openapi_extra={"requestBody": body})
    async def outcomes(request: Request) -> Response:
        """What houses were sold for that were priced before; it is matched and judged when the day is over."""
        found = await asyncio.to_thread(checked, await request.body())
        day = await asyncio.to_thread(recorded, state, found)
        metrics.outcomes.inc(len(found))
        return json_answer({"recorded": len(found), "day": day})

    return routes


def checked(content: bytes) -> list[Outcome]:
    """Raises FaultyRequestError with every fault."""
    try:
        return OutcomesRequest.model_validate_json(content, strict=True).outcomes
    except ValidationError as error:
        raise FaultyRequestError([fault_of(each) for each in error.errors(include_url=False)]) from None


def fault_of(fault: Any) -> RowFault:
    place = fault["loc"]
    row = next((part for part in place if isinstance(part, int)), -1)
    fields = [str(part) for part in place if isinstance(part, str) and part != "outcomes"]
    return RowFault(row, ".".join(fields), fault["msg"])


def recorded(state: ApiState, outcomes: list[Outcome]) -> str:
    """The day. Raises UnavailableError, so that who sent them sends them again."""
    try:
        return record_outcomes(state.current.source.store.blobs, outcomes, "api")
    except Exception as error:  # whatever the store raises
        raise UnavailableError(f"the store does not take outcomes now: {described(error)}") from error
