"""Who is answered by the version in staging: a share of the callers, each always or never."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from housing_assets.serving.api.gate import key_in
from housing_assets.serving.api.state import UnavailableError, answering

if TYPE_CHECKING:
    from fastapi import Request

    from housing_assets.serving.api.schemas import Which
    from housing_assets.serving.api.state import ApiState
    from housing_assets.serving.served_model import ServedModel


async def chosen(state: ApiState, request: Request, which: Which | None) -> ServedModel:
    """The model that answers this caller, who may name ``which``; else that in production, if no challenger answers.

    Raises:
        UnavailableError: the model that was asked for by name does not answer.
    """
    share = state.settings.challenger_share
    if which is None and share and state.staging is not None and is_chosen(caller(request), share):
        try:
            return answering(state.staging)
        except UnavailableError:
            return state.model
    return await state.named(which or "production")


def caller(request: Request) -> bytes:
    """The key of who asks, else the address."""
    return key_in(dict(request.headers.raw)) or (request.client.host if request.client else "").encode()


def is_chosen(who: bytes, share: float) -> bool:
    """The same for the same caller, and for a share of all callers; who is chosen stays so if the share grows."""
    return int.from_bytes(hashlib.sha256(who).digest()[:8]) < share * 2**64
