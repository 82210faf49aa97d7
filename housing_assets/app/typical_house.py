"""From a place to a house: the form filled with what is typical there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from housing_assets.app.client import ApiAwayError, NoAnswerError, RefusedError
from housing_assets.app.form import fill_form
from housing_assets.app.words import kilometres

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from housing_assets.app.client import ApiClient

NOTE = "place_note"


def fill_from(client: ApiClient, place: Mapping[str, float]) -> None:
    """Fill the form, in a callback, and leave a note of it."""
    where = {name: round(place[name], 6) for name in ("longitude", "latitude")}
    try:
        answer = client.get("/api/v1/typical", **where)
    except (ApiAwayError, NoAnswerError) as error:
        st.session_state[NOTE] = f"The place was not looked up, choose it again: {error}"
        return
    except RefusedError as error:
        st.session_state[NOTE] = f"Nothing is known of that place: {error}."
        return
    fill_form({name: as_field(value) for name, value in answer["instance"].items()})
    rows, near = answer["training_rows"], answer["within_km"]
    whose = f"the {rows} nearest known block groups, within {near:.1f} km" if rows else "the block groups of the state"
    st.session_state[NOTE] = f"The form holds what is typical at that place: medians of {whose}."


def as_field(value: Any) -> Any:
    return float(value) if isinstance(value, int | float) else value


def fill_from_point(client: ApiClient, key: str) -> None:
    """Of the point that was clicked on the map ``key``."""
    if points := st.session_state[key]["selection"]["points"]:
        fill_from(client, {"longitude": points[0]["x"], "latitude": points[0]["y"]})


def fill_from_row(client: ApiClient, key: str, places: Sequence[Mapping[str, float]]) -> None:
    """Of the row that was chosen in the table ``key`` of ``places``."""
    if rows := st.session_state[key]["selection"]["rows"]:
        fill_from(client, places[rows[0]])


def nearest(places: Sequence[Mapping[str, Any]], house: Mapping[str, Any], count: int) -> list[dict[str, Any]]:
    """The ``count`` of ``places`` that are nearest to ``house``, with the ``km`` to it."""
    here = house["longitude"], house["latitude"]
    far = [{**each, "km": kilometres(*here, each["longitude"], each["latitude"])} for each in places]
    return sorted(far, key=lambda each: each["km"])[:count]


def draw_note() -> None:
    """Say once where the inputs came from."""
    if note := st.session_state.pop(NOTE, None):
        st.info(note, icon=":material/location_on:")
