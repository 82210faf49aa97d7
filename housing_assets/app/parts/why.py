"""What drove the price, in dollars that add up, and the block groups that it was read from."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import streamlit as st

from housing_assets.app.figures.bars import contribution_bars
from housing_assets.app.figures.maps import add_house, add_values, look_at, state_map
from housing_assets.app.figures.style import PLAIN
from housing_assets.app.look_up import look_up
from housing_assets.app.words import difference, dollars

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.app.view import View

AGAINST = {"nearby": "What is typical nearby", "state": "What is typical in the state"}
GROUPS: dict[str, tuple[str, ...]] = {
    "place": ("longitude", "latitude", "ocean_proximity"),
    "income": ("median_income",),
    "age": ("housing_median_age",),
    "rooms": ("total_rooms", "total_bedrooms"),
    "people": ("population",),
    "households": ("households",),
}
"""The inputs that each group of the API is made of, in words for people."""


def draw_why(view: View) -> None:
    if not view.prediction:
        st.info("Without a price there is nothing to explain.")
        return
    against = st.segmented_control(
        "Compare with", list(AGAINST), format_func=AGAINST.__getitem__, default="state", required=True, key="against"
    )
    answer = view.client.price([view.house], view.coverage, explain=True, against=against)
    draw_contributions(view, answer["predictions"][0], AGAINST[against].lower())
    draw_training_rows(view, answer["predictions"][0]["explanation"]["training_rows"])


def draw_contributions(view: View, prediction: Mapping[str, Any], against: str) -> None:
    explanation = prediction["explanation"]
    first, parts, last = whole_dollars(
        explanation["reference_price"], explanation["contributions"], prediction["price"]
    )
    st.markdown(
        f"**{dollars(last)}** is {dollars(abs(last - first))} {'more' if last >= first else 'less'} than "
        f"**{dollars(first)}**, the price of {against}.".replace("$", r"\$")
    )
    text = ", ".join(f"{name} {difference(value)}" for name, value in parts.items())
    st.plotly_chart(
        contribution_bars(first, parts, last),
        config=PLAIN,
        key="contributions",
        alt=f"From {dollars(first)} by {text} to {dollars(last)}",
    )
    reference = explanation["reference"]
    rows = [("Typical", "", "", dollars(first))]
    rows += [
        (name.capitalize(), told(view.house, name), told(reference, name), difference(value))
        for name, value in parts.items()
    ]
    rows.append(("This price", "", "", dollars(last)))
    head = ("What", "This house", "Typical", "Dollars")
    st.table([dict(zip(head, row, strict=True)) for row in rows])


def whole_dollars(first: float, parts: Mapping[str, float], last: float) -> tuple[int, dict[str, int], int]:
    """All in whole dollars that still add up: each step is the difference of rounded sums.

    Examples:
        >>> from housing_assets.app.parts.why import whole_dollars
        >>> whole_dollars(100.4, {"place": 0.4, "income": 0.4}, 101.2)
        (100, {'place': 1, 'income': 0}, 101)
    """
    sums = [first]
    for value in parts.values():
        sums.append(sums[-1] + value)
    sums[-1] = last
    steps = [round(after) - round(before) for before, after in pairwise(sums)]
    return round(first), dict(zip(parts, steps, strict=True)), round(last)


def told(house: Mapping[str, Any], group: str) -> str:
    """The inputs of a group in a few words."""
    values = [house.get(name) for name in GROUPS.get(group, ())]
    return ", ".join("unknown" if value is None else f"{value:,.6g}" if is_number(value) else value for value in values)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def draw_training_rows(view: View, rows: list[dict[str, float]]) -> None:
    """On a map and in a table."""
    st.header("Read from these known block groups")
    figure = state_map(look_up(view.client, view.digest, "/api/v1/outlines"), 320)
    bar = {"thickness": 10, "tickprefix": "$", "tickformat": "~s"}
    add_values(figure, rows, [row["price"] for row in rows], size=14, colorscale="Viridis", colorbar=bar)
    add_house(figure, (view.house["longitude"], view.house["latitude"]))
    look_at(figure, [*rows, view.house])
    picture, table = st.columns(2)
    with picture:
        st.plotly_chart(figure, config=PLAIN, key="training_map", alt=f"Map of the {len(rows)} nearest block groups")
    with table:
        st.table(
            [
                {
                    "km": f"{row['km']:.1f}",
                    "Price": dollars(row["price"]),
                    "East": f"{row['longitude']:.2f}",
                    "North": f"{row['latitude']:.2f}",
                }
                for row in rows
            ]
        )
