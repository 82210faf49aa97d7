"""Routes about the model and the service: what it is, whether it is ready, what was counted."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response

from housing_assets.registry.production.release_record import SHOWN_METRICS
from housing_assets.serving.api.errors import REFUSALS, json_answer
from housing_assets.serving.api.schemas import AboutAnswer, ReadyAnswer, Which

if TYPE_CHECKING:
    from housing_assets.serving.api.prometheus_metrics import Metrics
    from housing_assets.serving.api.state import ApiState
    from housing_assets.serving.current_model import CurrentModel
    from housing_assets.serving.served_model import ServedModel


def about_routes(state: ApiState, metrics: Metrics) -> APIRouter:
    """``/api/v1/model``, ``/health/...`` and ``/metrics``."""
    routes = APIRouter(tags=["about"], responses={401: REFUSALS[401]})

    @routes.get("/api/v1/model", response_model=AboutAnswer, responses={each: REFUSALS[each] for each in (422, 503)})
    async def describe(model: Which = "production") -> Response:
        """Which model answers, how good it is, who put it into production, and where it came from."""
        answering = await state.named(model)
        followed = state.staging if model == "staging" and state.staging else state.current
        return json_answer(about(followed, answering))

    @routes.get("/health/live")
    async def live() -> Response:
        """Whether the process answers at all."""
        return json_answer({"live": True})

    @routes.get("/health/ready", response_model=ReadyAnswer, responses={503: {"model": ReadyAnswer}})
    async def ready() -> Response:
        """Whether prices can be given; which sources failed when they were asked last."""
        headers = {} if state.current.model else {"Retry-After": str(state.settings.retry_after_seconds)}
        return json_answer(readiness(state.current), 200 if state.current.model else 503, headers)

    @routes.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def counts() -> Response:
        """Counts for Prometheus."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    return routes


def readiness(followed: CurrentModel) -> dict[str, Any]:
    model = followed.model
    return {
        "ready": model is not None,
        "model": model.described() if model else None,
        "checked": followed.checked,
        "failures": [asdict(failure) for failure in failures_of(followed)],
        "warnings": list(model.warnings) if model else [],
    }


def failures_of(followed: CurrentModel) -> list[Any]:
    """Of the last look at the sources, and of those that were asked when the model was loaded."""
    loading = followed.model.failures if followed.model else ()
    return [*followed.failures, *(failure for failure in loading if failure not in followed.failures)]


def about(followed: CurrentModel, model: ServedModel) -> dict[str, Any]:
    evaluation, examples = model.record.get("evaluation") or {}, model.record.get("examples") or {}
    entry = model.reference.entry
    since = datetime.fromisoformat(entry.get("when", model.loaded))
    ledger = f"ledger/{model.reference.name}/{entry['sequence']:08d}.json" if entry else ""
    links = {
        "registry": model.record.get("url", ""),
        "ledger": followed.source.store.blobs.uri(ledger) if entry else "",
    }
    return {
        "model": model.described(),
        "age_seconds": round((datetime.now(UTC) - since).total_seconds(), 1),
        "loaded": model.loaded,
        "named_by": model.reference.named_by,
        "metrics": {name: evaluation[name] for name in SHOWN_METRICS if name in evaluation},
        "gates": entry.get("gates", []),
        "ledger_entry": {name: value for name, value in entry.items() if name != "gates"},
        "links": {name: link for name, link in links.items() if link},
        "libraries": examples.get("libraries", {}),
        "slow_halves": model.predictor.faults,
        "checked": followed.checked,
        "failures": [asdict(failure) for failure in failures_of(followed)],
        "warnings": list(model.warnings),
    }
