"""What Streamlit runs: ``housing app`` starts it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import streamlit as st

from housing_assets.app.api_watch import draw_away, draw_without_key, draw_without_model, watch
from housing_assets.app.client import ApiAwayError, ApiClient, NoAnswerError, NoKeyError, RefusedError
from housing_assets.app.fields import fields_of
from housing_assets.app.form import coverage_of_form, draw_form, house_of, keep_in_address, prepare_form
from housing_assets.app.parts.comparison import draw_comparison
from housing_assets.app.parts.file import draw_file
from housing_assets.app.parts.map import draw_map
from housing_assets.app.parts.price import draw_price, draw_version, with_price
from housing_assets.app.parts.record import draw_record
from housing_assets.app.parts.what_if import draw_what_if
from housing_assets.app.parts.why import draw_why
from housing_assets.app.typical_house import draw_note
from housing_assets.app.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

# Captions of Streamlit are too pale to be read by all; what scrolls sideways cannot be read by keyboard.
STYLE = """
.stMainBlockContainer { padding-top: 3rem; padding-bottom: 3rem; }
[data-testid=stCaptionContainer] { color: inherit !important; opacity: 0.85; }
[data-testid=stMarkdownContainer] pre code { white-space: pre-wrap !important; }
[data-testid=stTable] :is(td, th) { overflow-wrap: anywhere; white-space: normal; }
"""

PARTS: dict[str, Callable[[View], None]] = {
    "Map": draw_map,
    "Why": draw_why,
    "What if": draw_what_if,
    "Compare": draw_comparison,
    "Price a file": draw_file,
    "The model": draw_record,
}
API_VARIABLE, KEY_VARIABLE = "HOUSING_API_URL", "HOUSING_API_KEY"


@st.cache_data(ttl=300, show_spinner=False)
def schema_at(address: str, key: str) -> dict[str, Any]:
    """The OpenAPI schema of the API; asked for again every five minutes."""
    schema: dict[str, Any] = ApiClient(address, key).get("/openapi.json")
    return schema


def draw_page(client: ApiClient) -> None:
    st.set_page_config("Prices of California block groups", layout="wide")  # a symbol as icon is loaded from the web
    st.html(f"<style>{STYLE}</style>")
    st.title("What does a house cost there?")
    watch(client)
    try:
        draw_prices(client, schema_at(client.address, client.key), client.get("/api/v1/model"))
    except ApiAwayError as error:
        draw_away(str(error))
    except NoKeyError as error:
        draw_without_key(str(error))
    except NoAnswerError as error:
        draw_without_model(str(error))


def draw_prices(client: ApiClient, schema: dict[str, Any], about: dict[str, Any]) -> None:
    fields = fields_of(schema)
    prepare_form(fields, schema)
    house, coverage = house_of(fields), coverage_of_form()
    keep_in_address(house, coverage)
    view = with_price(View(client, fields, about, house, coverage, frozenset(schema["paths"])))
    draw_version(about)
    left, right = st.columns([4, 8], gap="large")
    with left:
        note = st.container()
        draw_price(view)
        draw_form(view, schema)
    with note:
        draw_note()
    with right:
        draw_parts(view)


def draw_parts(view: View) -> None:
    """Only the part that is open is computed; what the API refuses is told there."""
    for part, draw in zip(st.tabs(list(PARTS), key="part", bind="query-params"), PARTS.values(), strict=True):
        if part.open:
            with part:
                try:
                    draw(view)
                except (RefusedError, NoAnswerError) as error:
                    st.warning(f"The API does not give this: {error}", icon=":material/warning:")


if __name__ == "__main__":
    draw_page(
        ApiClient(os.environ.get(API_VARIABLE, "http://127.0.0.1:8000").rstrip("/"), os.environ.get(KEY_VARIABLE, ""))
    )
