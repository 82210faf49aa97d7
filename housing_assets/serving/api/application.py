"""The application: every route, behind the gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from housing_assets.serving.api.errors import add_handlers
from housing_assets.serving.api.gate import MEGABYTE, ApiKeys, Gate
from housing_assets.serving.api.prometheus_metrics import Metrics
from housing_assets.serving.api.routes.about import about_routes
from housing_assets.serving.api.routes.maps import map_routes
from housing_assets.serving.api.routes.open_inference import InferRequest, open_inference_routes
from housing_assets.serving.api.routes.outcomes import outcome_routes
from housing_assets.serving.api.routes.prices import price_routes
from housing_assets.serving.api.routes.records import record_routes
from housing_assets.serving.api.schemas import predict_request
from housing_assets.serving.api.state import ApiState
from housing_assets.serving.log.outcomes import OutcomesRequest
from housing_assets.serving.log.shadow import Shadow

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

    from housing_assets.serving.current_model import CurrentModel
    from housing_assets.serving.log.prediction_log import PredictionLog
    from housing_assets.settings.serving import ServingSettings

REFERENCE = "#/components/schemas/{model}"


def build_application(
    current: CurrentModel,
    settings: ServingSettings,
    *,
    coverage: float,
    staging: CurrentModel | None = None,
    key_file: Path | None = None,
    log: PredictionLog | None = None,
) -> Gate:
    """The ASGI application that answers with ``current``.

    Args:
        current: the model that answers; whoever serves lets it look at its sources.
        settings: limits.
        coverage: of intervals, where a request does not say.
        staging: the newest registered version, to compare; None: only ``current`` answers.
        key_file: API keys, one a line; None: no key is needed.
        log: of answers, which whoever serves starts; None: they are not logged.
    """
    state, metrics = ApiState(current, settings, coverage, staging), Metrics()
    current.observe = metrics.observe
    metrics.observe(current)
    if log is not None:
        log.count = metrics.count_log
        if settings.shadow and staging is not None:
            log.extend = Shadow(staging)
    application = FastAPI(
        title="Prices of California block groups",
        version="1",
        description="Prices in 1990 dollars with intervals. Every answer names the model that gave it.",
    )
    counted = (price_routes, about_routes, open_inference_routes, outcome_routes)
    for routes in (*(each(state, metrics) for each in counted), map_routes(state), record_routes(state)):
        application.include_router(routes)
    add_handlers(application, state)
    show_requests(application, [predict_request(settings.maximum_rows), InferRequest, OutcomesRequest])
    maximum_bytes = int(settings.maximum_megabytes * MEGABYTE)
    return Gate(application, ApiKeys(key_file), maximum_bytes, settings.request_seconds, metrics, log)


def show_requests(application: FastAPI, models: list[type[BaseModel]]) -> None:
    """Add the schemas of bodies that routes read themselves, which FastAPI does not know of, to OpenAPI."""
    described = application.openapi

    def openapi() -> dict[str, Any]:
        schema = described()
        known = schema["components"]["schemas"]
        for model in models:
            shape = model.model_json_schema(ref_template=REFERENCE)
            known.update(shape.pop("$defs", {}))
            known[model.__name__] = shape
        return schema

    application.openapi = openapi  # type: ignore[method-assign]
