"""Whether the API is there and which model answers, looked at all the time: the page follows by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from housing_assets.app.client import QUICK_SECONDS, ApiAwayError, NoAnswerError

if TYPE_CHECKING:
    from housing_assets.app.client import ApiClient

POLL_SECONDS = 2.0
AWAY, NO_MODEL = "away", "no model"
SEEN, CHANGE = "seen", "change"


def state_of(client: ApiClient) -> tuple[Any, ...]:
    """``AWAY``, ``NO_MODEL``, or the version and the digest that answer."""
    try:
        model = client.get("/health/ready", seconds=QUICK_SECONDS)["model"]
    except ApiAwayError:
        return (AWAY,)
    except NoAnswerError:
        return (NO_MODEL,)
    return (int(model["version"]), model["digest"])


@st.fragment(run_every=POLL_SECONDS)
def watch(client: ApiClient) -> None:
    """Draw the page again when the API came, went or changed its model, and tell of a change of version."""
    before, now = st.session_state.get(SEEN), state_of(client)
    if before != now:
        st.session_state[SEEN] = now
        if before is not None:
            note_change(before, now)
            st.rerun()
    if change := st.session_state.get(CHANGE):
        st.info(change, icon=":material/sync:")


def note_change(before: tuple[Any, ...], now: tuple[Any, ...]) -> None:
    last = st.session_state.get("last_version") if before[0] in {AWAY, NO_MODEL} else before[0]
    if isinstance(before[0], int):
        st.session_state["last_version"] = before[0]
    if isinstance(now[0], int) and last not in {None, now[0]}:
        st.session_state[CHANGE] = f"The version changed from {last} to {now[0]} while this page was open."


def draw_away(reason: str) -> None:
    st.error(
        f"{reason}\n\nStart it with `housing serve`, or everything with `housing up`. "
        "This page looks again every few seconds, and keeps your inputs.",
        icon=":material/cloud_off:",
    )


def draw_without_key(reason: str) -> None:
    st.error(
        f"The API answers nobody without a key: {reason}. Start the page with one of its keys in `HOUSING_API_KEY`.",
        icon=":material/key:",
    )


def draw_without_model(reason: str) -> None:
    """``reason`` is the API's: it also names the command that puts a model into production."""
    st.warning(
        f"The API has no prices: {reason}\n\nTrain and promote a model: `housing run`, then "
        "`housing promote staging --why REASON`. This page then shows its prices by itself.",
        icon=":material/hourglass_empty:",
    )
