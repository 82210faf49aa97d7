"""The price of the house in the form, its interval, what speaks against trusting it, and which model gave it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from housing_assets.app.client import RefusedError
from housing_assets.app.figures.bars import interval_bar
from housing_assets.app.figures.style import PLAIN
from housing_assets.app.form import address_faults
from housing_assets.app.words import CAP, age, dollars, flag_words, support_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.app.view import View

APPEARED = "price_appeared"
FIRST_SECONDS = 0.4
"""In which a browser draws the price. A chart keeps it busy for some seconds, and often came first without that."""

SOURCES = {"store": "the store", "mlflow": "MLflow", "copy": "a verified copy"}


def with_price(view: View) -> View:
    """``view`` with the prediction for its house, or with what is wrong with it. Raises as ``ApiClient.ask``."""
    if faults := address_faults(view.fields):
        return replace(view, faults=faults)
    try:
        answer = view.client.price([view.house], view.coverage)
    except RefusedError as error:
        return replace(view, faults={each["field"]: each["reason"] for each in error.faults})
    return replace(view, prediction=answer["predictions"][0], about={**view.about, "model": answer["model"]})


def draw_price(view: View) -> None:
    if not view.prediction:
        st.header("No price")
        st.warning(f"{len(view.faults)} of the inputs below cannot be right.", icon=":material/edit:")
        for name in view.faults.keys() - view.labels.keys():
            st.error(f"{name} {view.faults[name]}", icon=":material/error:")
        return
    found = view.prediction
    low, high = dollars(found["lower"]), dollars(found["upper"])
    st.metric("Price in 1990", dollars(found["price"]), help="The median value of a house in such a block group.")
    st.markdown(
        f"**{round(100 * found['coverage'])} %** of such prices lie between **{low}** and **{high}**.".replace(
            "$", r"\$"
        )
    )
    text = f"Bar from {low} to {high}, with the price at {dollars(found['price'])}"
    wait_until_it_appeared()
    st.plotly_chart(interval_bar(found, max(CAP, found["upper"])), config=PLAIN, key="interval", alt=text)
    for flag in found["flags"]:
        st.warning(flag_words(flag, view.labels), icon=":material/warning:")
    st.caption(support_words(found["support"]))


def wait_until_it_appeared() -> None:
    """Once, when the page was opened; later the browser has loaded what draws charts."""
    if APPEARED not in st.session_state:
        st.session_state[APPEARED] = True
        time.sleep(FIRST_SECONDS)


def draw_version(about: Mapping[str, Any]) -> None:
    """Which model answers, since when, and what is wrong with its sources."""
    model = about["model"]
    since = "in production" if about["ledger_entry"] else "loaded"
    st.caption(
        f"Version {model['version']} of {model['name']}, {since} for {age(about['age_seconds'])}, "
        f"read from {source_words(model)}. Prices are those of the census of 1990."
    )
    troubles = [*(failure_words(each) for each in about["failures"]), *about["warnings"]]
    if troubles:
        with st.expander(f"{len(troubles)} warning(s) about this model", icon=":material/warning:"):
            st.markdown("\n".join(f"- {each}" for each in troubles))


def source_words(model: Mapping[str, Any]) -> str:
    return SOURCES.get(model["source"], str(model["source"]))


def failure_words(failure: Mapping[str, Any]) -> str:
    return f"{failure['source']}, {failure['what']}: {failure['reason']}"
