"""What was written about the model: its card, what the gates said, the ledger, and how it does since it went live."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import streamlit as st

from housing_assets.app.client import NoAnswerError
from housing_assets.app.look_up import look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.app.view import View

PLOTS = re.compile(r"^## Plots\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
"""The section of the card that names plots, which are in its HTML file alone."""
LIVE = "/api/v1/performance"


def draw_record(view: View) -> None:
    with st.expander("What the gates said", icon=":material/fact_check:", expanded=True):
        draw_gates(view.about["gates"])
    with st.expander("Ledger of production", icon=":material/history:", expanded=True):
        draw_ledger(view)
    if LIVE in view.paths:
        with st.expander("Since it went live", icon=":material/monitoring:", expanded=True):
            draw_live(view)
    with st.expander("Model card", icon=":material/description:", expanded=True):
        draw_card(view)


def draw_card(view: View) -> None:
    card = look_up(view.client, view.digest, "/api/v1/model/card")["card"]
    if not card:
        st.caption("This version was registered before cards were kept beside it.")
        return
    st.markdown(smaller(PLOTS.sub("", card)))


def smaller(card: str) -> str:
    r"""The card with headings below those of the page.

    Examples:
        >>> from housing_assets.app.parts.record import smaller
        >>> smaller("# Model card: it costs $5")
        '## Model card: it costs \\$5'
    """
    return re.sub(r"^(#+ )", r"#\1", card.replace("$", r"\$"), flags=re.MULTILINE)


def draw_gates(gates: list[Mapping[str, Any]]) -> None:
    """The verdicts that the version was promoted by."""
    if not gates:
        st.caption("No verdicts are written in the ledger entry of this version.")
        return
    passed = sum(gate["passed"] for gate in gates)
    st.markdown(f"**{passed} of {len(gates)}** gates passed when it was promoted.")
    st.table(
        [
            {
                "Gate": gate["name"].replace("_", " "),
                "Outcome": "passed" if gate["passed"] else "FAILED" if gate["blocking"] else "warns",
                "Value": figure(gate["value"]),
                "Threshold": figure(gate["threshold"]),
                "What it found": gate["message"],
            }
            for gate in gates
        ]
    )


def figure(value: Any) -> str:
    return "" if value is None else f"{value:,.5g}" if isinstance(value, int | float) else str(value)


def draw_ledger(view: View) -> None:
    try:
        entries = view.client.get("/api/v1/ledger")["entries"]
    except NoAnswerError as error:
        st.warning(str(error), icon=":material/warning:")
        return
    st.table(
        [
            {
                "Entry": str(entry["sequence"]),
                "When, UTC": entry["when"][:16].replace("T", " "),
                "What": f"{entry['action']} of version {entry['to_version']}",
                "Who": entry["who"],
                "Why": entry["why"],
            }
            for entry in entries
        ]
    )


def draw_live(view: View) -> None:
    """Realised prices against the ones that were given for them, by day."""
    days = view.client.get(LIVE)["days"]
    if not days:
        st.caption("No realised prices came yet: `POST /api/v1/outcomes` takes them, and they are judged once a day.")
        return
    st.table(
        [
            {
                "Day": each["day"],
                "Prices": f"{each['rows']:,}",
                "wMAPE": f"{each['wmape']:.1f} %",
                "RMSE": f"${each['rmse']:,.0f}",
                "Inside of the interval": f"{100 * each['coverage']:.1f} %, aimed at {100 * each['aim']:.0f} %",
            }
            for each in days
        ]
    )
