"""The price over one input, while the others are held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from housing_assets.app.client import RefusedError
from housing_assets.app.figures.curves import add_now, price_curve
from housing_assets.app.figures.style import PLAIN
from housing_assets.app.words import dollars

if TYPE_CHECKING:
    from housing_assets.app.fields import Field
    from housing_assets.app.view import View

POINTS = 61
TABLE_EVERY = 10
TIMES = 4.0
"""A count is looked at from a fourth of the house's to four times as much."""

DEGREES = 0.5


def draw_what_if(view: View) -> None:
    if not view.prediction:
        st.info("Without a price there is no curve.")
        return
    fields = {field.name: field for field in view.fields if field.is_number}
    name = st.selectbox(
        "If only this were another",
        list(fields),
        index=list(fields).index("median_income"),
        format_func=view.labels.__getitem__,
        key="what_if",
    )
    field = fields[name]
    values = values_around(field, view.house[name])
    try:
        answer = view.client.price([{**view.house, name: value} for value in values], view.coverage)
    except RefusedError as error:
        st.warning(str(error))
        return
    draw_curve(view, field, values, answer["predictions"])


def values_around(field: Field, value: float | None) -> list[float]:
    """What to price: around ``value``, within what is allowed."""
    low, high = field.low, field.high
    if value is not None and "degree" in field.unit:
        low, high = max(low, value - DEGREES), min(high, value + DEGREES)
    elif value:
        low, high = max(low, value / TIMES), min(high, value * TIMES)
    step = (high - low) / (POINTS - 1)
    return [low + step * number for number in range(POINTS - 1)] + [high]


def draw_curve(view: View, field: Field, values: list[float], predictions: list[dict[str, Any]]) -> None:
    unlike = [bool({f"out_of_range:{field.name}", "far_from_training"} & set(each["flags"])) for each in predictions]
    figure = price_curve(values, predictions, unlike, f"{field.label}, {field.unit}")
    if view.house[field.name] is not None:
        add_now(figure, view.house[field.name], view.prediction["price"])
    prices = [each["price"] for each in predictions]
    text = f"Curve of the price over {field.label.lower()} from {values[0]:,.4g} to {values[-1]:,.4g} {field.unit}"
    st.plotly_chart(
        figure, config=PLAIN, key="curve", alt=f"{text}: from {dollars(prices[0])} to {dollars(prices[-1])}"
    )
    percent = round(100 * view.coverage)
    st.caption(f"The band holds {percent} % of such prices. All other inputs are as in the form.")
    if any(unlike):
        st.caption("Dotted: no known block group is like that.")
    with st.expander("As a table"):
        st.table(
            [
                {
                    field.label: f"{value:,.6g}",
                    "Price": dollars(each["price"]),
                    "From": dollars(each["lower"]),
                    "To": dollars(each["upper"]),
                }
                for value, each in list(zip(values, predictions, strict=True))[::TABLE_EVERY]
            ]
        )
