"""Routes about the model and the service: what it is, whether it is ready, what was counted."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response

from housing_assets.serving.api.errors import REFUSALS, json_answer
from housing_assets.serving.api.schemas import AboutAnswer, ReadyAnswer

if TYPE_CHECKING:
    from housing_assets.serving.api.metrics import Metrics
    from housing_assets.serving.api.state import ApiState
    from housing_assets.serving.served_model import ServedModel


def about_routes(state: ApiState, metrics: Metrics) -> APIRouter:
    """``/api/v1/model``, ``/health/...`` and ``/metrics``."""
    routes = APIRouter(tags=["about"], responses={401: REFUSALS[401]})

    @routes.get("/api/v1/model", response_model=AboutAnswer, responses={503: REFUSALS[503]})
    async def model() -> Response:
        """Which model answers, how good it is, who put it into production, and where it came from."""
        return json_answer(about(state, state.model))

    @routes.get("/health/live")
    async def live() -> Response:
        """Whether the process answers at all."""
        return json_answer({"live": True})

    @routes.get("/health/ready", response_model=ReadyAnswer, responses={503: {"model": ReadyAnswer}})
    async def ready() -> Response:
        """Whether prices can be given; which sources failed when they were asked last."""
        headers = {} if state.current.model else {"Retry-After": str(state.settings.retry_after_seconds)}
        return json_answer(readiness(state), 200 if state.current.model else 503, headers)

    @routes.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def counts() -> Response:
        """Counts for Prometheus."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")

    return routes


def readiness(state: ApiState) -> dict[str, Any]:
    model = state.current.model
    return {
        "ready": model is not None,
        "model": model.described() if model else None,
        "checked": state.current.checked,
        "failures": [asdict(failure) for failure in failures_of(state)],
        "warnings": list(model.warnings) if model else [],
    }


def failures_of(state: ApiState) -> list[Any]:
    """Of the last look at the sources, and of those that were asked when the model was loaded."""
    loading = state.current.model.failures if state.current.model else ()
    return [*state.current.failures, *(failure for failure in loading if failure not in state.current.failures)]


def about(state: ApiState, model: ServedModel) -> dict[str, Any]:
    evaluation, examples = model.record.get("evaluation") or {}, model.record.get("examples") or {}
    entry = model.reference.entry
    since = datetime.fromisoformat(entry.get("when", model.loaded))
    ledger = f"ledger/{model.reference.name}/{entry['sequence']:08d}.json" if entry else ""
    links = {
        "registry": model.record.get("url", ""),
        "ledger": state.current.source.store.blobs.uri(ledger) if entry else "",
    }
    return {
        "model": model.described(),
        "age_seconds": round((datetime.now(UTC) - since).total_seconds(), 1),
        "loaded": model.loaded,
        "named_by": model.reference.named_by,
        "metrics": {
            name: evaluation[name] for name in ("overall", "sampling_interval", "coverage") if name in evaluation
        },
        "gates": entry.get("gates", []),
        "ledger_entry": {name: value for name, value in entry.items() if name != "gates"},
        "links": {name: link for name, link in links.items() if link},
        "libraries": examples.get("libraries", {}),
        "slow_halves": model.predictor.faults,
        "checked": state.current.checked,
        "failures": [asdict(failure) for failure in failures_of(state)],
        "warnings": list(model.warnings),
    }
