"""Whatever is asked, the answer is one that OpenAPI describes, and never a 5xx.

``HOUSING_API_EXAMPLES`` says how many requests each route gets at the most; ``make test-api`` makes 10,000 in all.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
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
    import httpx

EXAMPLES = int(os.environ.get("HOUSING_API_EXAMPLES", "12"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
SERVED = {"name": "california_housing_price", "version": "1"}


def operations() -> list[Any]:
    """Every route of the API, as its OpenAPI describes it; no model is needed for that."""
    found = load_settings()
    source = ModelSource.opened(
        LocalBlobs(Path("nowhere")), "", Path("nowhere"), registry=found.registry, serving=found.serving
    )
    gate = build_application(CurrentModel(source, "production"), found.serving, coverage=0.9)
    schema = schemathesis.openapi.from_dict(gate.application.openapi())
    return [each.ok() for each in schema.get_all_operations()]


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.label)
@settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_answer_is_outside_of_the_schema(client: httpx.Client, operation: Any, mode: Any, data: st.DataObject):
    if mode.is_negative and not (operation.body or operation.query):
        return  # nothing of it can be wrong
    case = data.draw(operation.as_strategy(generation_mode=mode))
    if mode.is_positive:
        case.path_parameters = {name: SERVED[name] for name in case.path_parameters}
    checks = [*CHECKS, positive_data_acceptance] if operation.path == "/api/v1/predict" else CHECKS
    case.call_and_validate(base_url=str(client.base_url), checks=checks)
