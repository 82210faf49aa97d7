"""Prices of the rows of a file: what was set aside and why, and a file with prices to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from housing_assets.app.client import ApiAwayError, NoAnswerError, RefusedError

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from housing_assets.app.table_prices import PricedTable
    from housing_assets.app.view import View

PRICED = "priced_file"
SHOWN = 1_000
"""Rows of a table on the page; the files have all."""


def draw_file(view: View) -> None:
    needed = ", ".join(f"`{field.name}`" for field in view.fields if not field.optional)
    st.markdown(f"A table with the columns {needed}; further columns come back as they are.")
    given = st.file_uploader("CSV or Parquet", type=["csv", "parquet"], key="file")
    if given is None:
        st.session_state.pop(PRICED, None)
        return
    identity = (given.file_id, view.digest, view.coverage)
    if st.session_state.get(PRICED, (None, None))[0] != identity:
        if (priced := price_file(view, given)) is None:
            return
        st.session_state[PRICED] = (identity, priced)
    draw_priced(given.name, st.session_state[PRICED][1])


def price_file(view: View, given: UploadedFile) -> PricedTable | None:
    """None, and a message on the page, if there is nothing to price."""
    from housing_assets.app.table_prices import UnreadableFileError, price_table, read_table

    progress = st.progress(0.0, "Reading the file")
    try:
        table = read_table(given.name, given.getvalue())
        priced = price_table(
            view.client,
            table,
            view.coverage,
            lambda done: progress.progress(done / max(len(table), 1), f"{done:,} of {len(table):,} rows"),
        )
    except (UnreadableFileError, RefusedError, NoAnswerError, ApiAwayError) as error:
        st.error(f"{given.name}: {error}", icon=":material/error:")
        return None
    finally:
        progress.empty()
    return priced


def draw_priced(name: str, priced: PricedTable) -> None:
    stem = name.rpartition(".")[0] or name
    count, refused = len(priced.rows), len(priced.refused)
    st.success(f"{count:,} rows have prices, by version {', '.join(map(str, priced.versions)) or 'none'}.")
    if count:
        st.download_button(
            "Download the prices", priced.rows_csv, f"{stem}-prices.csv", "text/csv", key="prices", on_click="ignore"
        )
        st.dataframe(priced.rows.head(SHOWN), hide_index=True, key="priced_rows", alt="The priced rows")
    if refused:
        st.warning(f"{refused:,} rows were set aside: the second column says why.", icon=":material/warning:")
        st.dataframe(priced.refused.head(SHOWN), hide_index=True, key="refused_rows", alt="The rows set aside, and why")
        st.download_button(
            "Download the rows set aside",
            priced.refused_csv,
            f"{stem}-set-aside.csv",
            "text/csv",
            key="refused",
            on_click="ignore",
        )
