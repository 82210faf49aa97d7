"""Routes that hand out what was written about the model: its card, and the ledger of production."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response

from housing_assets.addresses import public_address
from housing_assets.registry.ledger import Ledger
from housing_assets.serving.api.errors import REFUSALS, json_answer
from housing_assets.serving.api.schemas import CardAnswer, LedgerAnswer, Which
from housing_assets.serving.api.state import UnavailableError

if TYPE_CHECKING:
    from housing_assets.serving.api.state import ApiState
    from housing_assets.serving.tiers import StoreTier


def record_routes(state: ApiState) -> APIRouter:
    """``/api/v1/model/card`` and ``/api/v1/ledger``."""
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

    return routes


def ledger_of(store: StoreTier) -> list[dict[str, Any]]:
    """Every entry, the latest first. Raises UnavailableError: the store cannot be read, or an entry is damaged."""
    try:
        entries = Ledger(store.blobs, store.model_name).entries()
    except Exception as error:  # what a store raises is its own
        raise UnavailableError(public_address(f"the ledger cannot be read: {error}")) from None
    return [asdict(entry) for entry in reversed(entries)]
