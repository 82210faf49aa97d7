from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from streamlit.testing.v1 import AppTest

from housing_assets import app
from housing_assets.app.page import API_VARIABLE
from housing_assets.domain.schema import PREDICTORS
from housing_assets_tests.mlflow_server import first_users, mlflow_library
from housing_assets_tests.serving.api.conftest import client, open_client
from housing_assets_tests.serving.published import promoted, published

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    OpenPage = Callable[..., AppTest]

__all__ = ["client", "first_users", "mlflow_library", "open_client", "promoted", "published"]

PAGE = Path(app.__file__).with_name("page.py")
SECONDS = 60.0


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Opens the page over the API at an address, with such values in its own address."""

    def open_it(api: str, **address: str) -> AppTest:
        monkeypatch.setenv(API_VARIABLE, str(api))
        page = AppTest.from_file(PAGE, default_timeout=SECONDS)
        for name, value in address.items():
            page.query_params[name] = value
        return page.run()

    return open_it


@pytest.fixture
def api(client: httpx.Client) -> str:
    """The address of an API with version 1 in production and 2 in staging."""
    return str(client.base_url)


def house_in(page: AppTest) -> dict[str, Any]:
    """The inputs in the form."""
    return {name: page.session_state[f"field_{name}"] for name in PREDICTORS}


def words(page: AppTest) -> str:
    """Everything that the page says outside of its fields."""
    kinds = (page.error, page.warning, page.info, page.caption, page.markdown, page.subheader, page.success)
    return "\n".join(each.value for kind in kinds for each in kind)
