"""The version in production beside the one in staging: this house, both cards, and where on the map they differ."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from housing_assets.app.client import NoAnswerError
from housing_assets.app.figures.maps import add_cities, add_values, state_map
from housing_assets.app.figures.style import MAP
from housing_assets.app.look_up import look_up
from housing_assets.app.typical_house import fill_from_point
from housing_assets.app.words import difference, dollars, flag_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.app.view import View

DEGREES = 0.1
ROWS = 15
SIDES = ("Production", "Staging")


def draw_comparison(view: View) -> None:
    try:
        staging = view.client.get("/api/v1/model", model="staging")
    except NoAnswerError as error:
        st.info(f"There is nothing to compare: {error}\n\n`housing run` registers a version in staging.")
        return
    if staging["model"]["digest"] == view.digest:
        st.info(f"Version {staging['model']['version']} is in production and the newest one: there is no other.")
        return
    st.markdown(
        f"Version **{view.about['model']['version']}** is in production, version **{staging['model']['version']}** "
        f"in staging. `housing promote {staging['model']['version']} --why REASON` exchanges them."
    )
    draw_house(view)
    draw_cards(view.about, staging)
    draw_differences(view, staging["model"]["digest"])


def draw_house(view: View) -> None:
    if not view.prediction:
        return
    other = view.client.price([view.house], view.coverage, model="staging")["predictions"][0]
    both = (view.prediction, other)
    st.header("This house")
    rows = {name: [dollars(each[key]) for each in both] for name, key in (("Price", "price"), *ENDS)}
    rows["Warnings"] = ["; ".join(flag_words(flag, view.labels) for flag in each["flags"]) or "none" for each in both]
    st.table(as_rows(rows))
    st.caption(
        f"Staging gives {difference(other['price'] - view.prediction['price'])} against production.".replace("$", r"\$")
    )


ENDS = (("Lower end", "lower"), ("Upper end", "upper"))


def draw_cards(production: Mapping[str, Any], staging: Mapping[str, Any]) -> None:
    """What was measured of both on their test rows, and what they learned from."""
    st.header("Both cards")
    both = (production, staging)
    measured = [each["metrics"].get("overall", {}) for each in both]
    names = [name for name in measured[0] | measured[1] if any(name in each for each in measured)]
    rows = {label_of(name): [number(name, each.get(name)) for each in measured] for name in names}
    covered = [each["metrics"].get("coverage", {}).get("overall") for each in both]
    rows["prices inside of the interval"] = ["" if each is None else f"{100 * each:.1f} %" for each in covered]
    rows["data version of the training rows"] = [each["model"]["data_version"][:12] for each in both]
    st.table(as_rows(rows))
    st.caption("On the test rows of each version. The gates compare both on the same rows before a promotion.")


LABELS = {
    "rows": ("test rows", 0),
    "mae": ("mean absolute error, $", 0),
    "rmse": ("root mean squared error, $", 0),
    "r2": ("R²", 3),
    "mape": ("mean absolute percentage error", 2),
    "smape": ("symmetric mean absolute percentage error", 2),
    "wmape": ("weighted mean absolute percentage error", 2),
    "median_ape": ("median absolute percentage error", 2),
    "within_5pct": ("% of prices within 5 %", 1),
    "within_10pct": ("% of prices within 10 %", 1),
    "within_15pct": ("% of prices within 15 %", 1),
}
"""Metrics in words, and their digits."""


def label_of(name: str) -> str:
    return LABELS.get(name, (name, 0))[0]


def number(name: str, value: float | None) -> str:
    return "" if value is None else f"{value:,.{LABELS.get(name, (name, 3))[1]}f}"


def as_rows(rows: Mapping[str, list[str]]) -> list[dict[str, str]]:
    return [{"What": name, **dict(zip(SIDES, values, strict=True))} for name, values in rows.items()]


def draw_differences(view: View, staging: str) -> None:
    """On a map and in a table; ``staging`` is the digest of that version."""
    st.header("Where they differ most")
    found = look_up(view.client, f"{view.digest} {staging}", "/api/v1/differences", degrees=DEGREES)["places"]
    outlines = look_up(view.client, view.digest, "/api/v1/outlines")
    changes = [each["staging"] - each["production"] for each in found]
    figure = state_map(outlines, 520)
    widest = max(map(abs, changes), default=1.0) or 1.0
    bar = {"thickness": 10, "tickprefix": "$", "tickformat": "~s"}
    add_values(figure, found, changes, size=8, colorscale="RdBu", cmin=-widest, cmax=widest, colorbar=bar)
    add_cities(figure, outlines["cities"])
    st.plotly_chart(
        figure,
        key="differences",
        config=MAP,
        on_select=partial(fill_from_point, view.client, "differences"),
        selection_mode="points",
        alt="Map of what staging gives more or less than production for what is typical at a place; "
        "the table below lists the largest differences.",
    )
    st.table(
        [
            {
                "East": f"{each['longitude']:.2f}",
                "North": f"{each['latitude']:.2f}",
                **{side: dollars(each[side.lower()]) for side in SIDES},
                "Difference": difference(change),
            }
            for each, change in list(zip(found, changes, strict=True))[:ROWS]
        ]
    )
