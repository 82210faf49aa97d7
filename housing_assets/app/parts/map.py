"""The map of known block groups; a click on it, or on its table, fills the form with what is typical there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from housing_assets.app.figures.maps import add_cities, add_house, add_values, state_map
from housing_assets.app.figures.style import MAP
from housing_assets.app.look_up import look_up
from housing_assets.app.typical_house import fill_from, fill_from_point, fill_from_row, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from housing_assets.app.view import View

HEIGHT = 620
ROWS = 200
"""Of the table: the nearest ones."""

FINE, COARSE = 0.01, 0.05
"""Degrees of a square: every place of the census; intervals are of typical rows and take longer."""

COLOURS: dict[str, tuple[str, dict[str, Any]]] = {
    "Price": ("price", {"colorscale": "Viridis", "colorbar": {"tickprefix": "$", "tickformat": "~s"}}),
    "Error": ("error", {"colorscale": "Cividis", "cmin": 0, "cmax": 0.5, "colorbar": {"tickformat": ".0%"}}),
    "Interval width": ("width", {"colorscale": "Plasma", "colorbar": {"tickprefix": "$", "tickformat": "~s"}}),
}
CITY = "map_city"


def draw_map(view: View) -> None:
    places = choose_places(view)
    outlines = look_up(view.client, view.digest, "/api/v1/outlines")
    choose_city(view, outlines["cities"])
    picture, table = st.columns([3, 2]) if places else (st.container(), st.container())
    with picture:
        draw_picture(view, places, outlines)
    with table:
        draw_table(view, places)


def choose_places(view: View) -> list[dict[str, Any]]:
    """Known block groups with what the chosen colour needs."""
    colour = st.segmented_control("Colour by", list(COLOURS), default="Price", required=True, key="map_colour")
    if colour == "Interval width":
        query: dict[str, Any] = {"degrees": COARSE, "intervals": "true", "coverage": view.coverage}
    else:
        query = {"degrees": FINE}
    places: list[dict[str, Any]] = look_up(view.client, view.digest, "/api/v1/places", **query)["places"]
    return places


def choose_city(view: View, cities: Sequence[Mapping[str, Any]]) -> None:
    by_name = {city["name"]: city for city in cities}

    def go() -> None:
        if city := by_name.get(st.session_state[CITY]):
            fill_from(view.client, city)

    st.selectbox("Go to a city", list(by_name), index=None, key=CITY, on_change=go, placeholder="any place: click it")


def draw_picture(view: View, places: Sequence[Mapping[str, Any]], outlines: Mapping[str, Any]) -> None:
    colour = st.session_state["map_colour"]
    name, looks = COLOURS[colour]
    figure = state_map(outlines, HEIGHT)
    bar = {"thickness": 10, "len": 0.5, "x": 0.98, "xanchor": "right", "y": 0.98, "yanchor": "top"}
    looks = {**looks, "colorbar": {**looks["colorbar"], **bar}, "showscale": True}
    add_values(figure, places, [each[name] for each in places], size=4 if colour != "Interval width" else 6, **looks)
    add_cities(figure, outlines["cities"])
    if view.prediction:
        add_house(figure, (view.house["longitude"], view.house["latitude"]))
    st.plotly_chart(
        figure,
        key="map",
        config=MAP,
        on_select=partial(fill_from_point, view.client, "map"),
        selection_mode="points",
        alt=f"Map of California with {len(places)} places of known block groups, coloured by {colour.lower()}. "
        "The table beside it lists those nearest to the house.",
    )


def draw_table(view: View, places: Sequence[Mapping[str, Any]]) -> None:
    """The places next to the house in the form, as an alternative to the map that needs no pointer."""
    if not view.prediction:
        return
    near = nearest(places, view.house, ROWS)
    key = f"map_table_{view.house['longitude']}_{view.house['latitude']}_{st.session_state['map_colour']}"
    st.dataframe(
        [
            {
                "km": each["km"],
                "Price": each["price"],
                "Error": each["error"],
                "Width": each["width"],
                "Groups": each["rows"],
                "East": each["longitude"],
                "North": each["latitude"],
            }
            for each in near
        ],
        key=key,
        height=HEIGHT,
        hide_index=True,
        column_order=[name for name in TABLE if name != "Width" or near[0]["width"] is not None],
        column_config=TABLE,
        on_select=partial(fill_from_row, view.client, key, near),
        selection_mode="single-row",
        alt=f"The {len(near)} places nearest to the house",
    )
    st.caption("Nearest to the house first. Choose a row, and the form holds what is typical there.")


TABLE: dict[str, Any] = {
    "km": st.column_config.NumberColumn(format="%.1f"),
    "Price": st.column_config.NumberColumn(format="dollar", help="Median price"),
    "Error": st.column_config.NumberColumn(format="percent", help="Median error of models that did not know the row"),
    "Width": st.column_config.NumberColumn(format="dollar", help="From the lower to the upper end of the interval"),
    "Groups": st.column_config.NumberColumn(help="Block groups at that place"),
    "East": st.column_config.NumberColumn(format="%.2f"),
    "North": st.column_config.NumberColumn(format="%.2f"),
}
