"""Routes that hand out what was written about the model: its card, the ledger of production, how it does since."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response

from housing_assets.addresses import public_address
from housing_assets.registry.production.ledger import Ledger
from housing_assets.serving.api.errors import REFUSALS, json_answer
from housing_assets.serving.api.schemas import CardAnswer, LedgerAnswer, PerformanceAnswer, Which
from housing_assets.serving.api.state import UnavailableError
from housing_assets.storage.entry import Entry, parse_record
from housing_assets.storage.names import partition_name, partitions_in, pointer_name

if TYPE_CHECKING:
    from housing_assets.serving.api.state import ApiState
    from housing_assets.serving.sources.tiers import StoreTier


PERFORMANCE = "live_performance"
"""The asset that judges realised prices, a partition a day."""

DAYS = 30


def record_routes(state: ApiState) -> APIRouter:
    """``/api/v1/model/card``, ``/api/v1/ledger`` and ``/api/v1/performance``."""
    routes = APIRouter(tags=["about"], responses={name: REFUSALS[name] for name in (401, 422, 503)})

    @routes.get("/api/v1/model/card", response_model=CardAnswer)
    async def card(model: Which = "production") -> Response:
        """The model card."""
        answering = await state.named(model)
        return json_answer({"model": answering.described(), "card": answering.record.get("card", "")})

    @routes.get("/api/v1/ledger", response_model=LedgerAnswer)
    async def ledger() -> Response:
        """Every promotion and rollback, with who, when, why and the verdicts of the gates."""
        return json_answer({"entries": await state.compute(ledger_of, state.current.source.store)})

    @routes.get("/api/v1/performance", response_model=PerformanceAnswer)
    async def performance() -> Response:
        """How good prices were whose realised prices came since, by day, the latest first."""
        return json_answer({"days": await state.compute(performance_of, state.current.source.store)})

    return routes


def performance_of(store: StoreTier) -> list[dict[str, Any]]:
    """The last ``DAYS`` that were judged. Raises UnavailableError: the store cannot be read."""
    try:
        days = partitions_in(store.blobs, PERFORMANCE)[-DAYS:]
        contents = {day: store.blobs.read(pointer_name(partition_name(PERFORMANCE, day))) for day in days}
        entries = {day: parse_record(Entry.from_json, content) for day, content in contents.items()}
    except Exception as error:  # what a store raises is its own
        raise UnavailableError(public_address(f"what was judged cannot be read: {error}")) from None
    measured = {day: entry.measurements["overall"] for day, entry in entries.items() if entry and has_rows(entry)}
    return [
        {"day": day, **{name: overall[name] for name in ("rows", "wmape", "rmse", "coverage", "aim")}}
        for day, overall in reversed(measured.items())
    ]


def has_rows(entry: Entry) -> bool:
    return "overall" in entry.measurements


def ledger_of(store: StoreTier) -> list[dict[str, Any]]:
    """Every entry, the latest first. Raises UnavailableError: the store cannot be read, or an entry is damaged."""
    try:
        entries = Ledger(store.blobs, store.model_name).entries()
    except Exception as error:  # what a store raises is its own
        raise UnavailableError(public_address(f"the ledger cannot be read: {error}")) from None
    return [asdict(entry) for entry in reversed(entries)]
