"""Whatever is asked, the answer is one that OpenAPI describes, and never a 5xx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from housing_assets_tests.serving.api.generated import MODES, ask, cases, operations

if TYPE_CHECKING:
    import httpx


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.label)
@settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_answer_is_outside_of_the_schema(client: httpx.Client, operation: Any, mode: Any, data: st.DataObject):
    requests = cases(operation, mode)
    if requests is not None:
        ask(data.draw(requests), str(client.base_url))
