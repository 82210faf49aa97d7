"""Requests that schemathesis makes of the OpenAPI of the API, right and wrong, and what an answer to each must be."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from housing_assets.serving.api.application import build_application
from housing_assets.serving.current_model import CurrentModel
from housing_assets.serving.sources.model_source import ModelSource
from housing_assets.settings import load_settings
from housing_assets.storage.backends.local_blobs import LocalBlobs

if TYPE_CHECKING:
    from hypothesis import strategies as st

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
MODES = tuple(schemathesis.GenerationMode)
SERVED = {"name": "california_housing_price", "version": "1"}


@cache
def operations() -> tuple[Any, ...]:
    """Every route of the API, as its OpenAPI describes it; no model is needed for that."""
    found = load_settings()
    source = ModelSource.opened(
        LocalBlobs(Path("nowhere")), "", Path("nowhere"), registry=found.registry, serving=found.serving
    )
    gate = build_application(CurrentModel(source, "production"), found.serving, coverage=0.9)
    schema = schemathesis.openapi.from_dict(gate.application.openapi())
    return tuple(each.ok() for each in schema.get_all_operations())


def cases(operation: Any, mode: Any) -> st.SearchStrategy[Any] | None:
    """Requests of a route, right or wrong by ``mode``; None where nothing of it can be wrong."""
    if mode.is_negative and not (operation.body or operation.query):
        return None
    requests: st.SearchStrategy[Any] = operation.as_strategy(generation_mode=mode)
    return requests.map(address_served) if mode.is_positive else requests


def address_served(case: Any) -> Any:
    """``case`` for the model that there is."""
    case.path_parameters = {name: SERVED[name] for name in case.path_parameters}
    return case


def ask(case: Any, address: str) -> None:
    """Send ``case``; whatever is wrong with the answer is raised."""
    checks = [*CHECKS, positive_data_acceptance] if case.operation.path == "/api/v1/predict" else CHECKS
    case.call_and_validate(base_url=address, checks=checks)
