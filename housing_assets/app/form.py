"""The inputs: fields as the API's schema has them, kept in the address so that a link opens the same price again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from housing_assets.app.fields import COVERAGE, coverages_of, read_value, write_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.app.fields import Field
    from housing_assets.app.view import View

PERCENT = "coverage_percent"
FILLING = "filling"
ADDRESS_FAULTS = "address_faults"


def key_of(name: str) -> str:
    return f"field_{name}"


def prepare_form(fields: list[Field], schema: Mapping[str, Any]) -> None:
    """Fill what has no value yet from the address, else with an example."""
    faults = st.session_state.setdefault(ADDRESS_FAULTS, {})
    for field in fields:
        if key_of(field.name) not in st.session_state:
            value, fault = read_value(field, st.query_params.get(field.name))
            st.session_state[key_of(field.name)] = value
            faults[field.name] = fault
    if PERCENT not in st.session_state:
        lowest, highest, usual = coverages_of(schema)
        try:
            share = float(st.query_params.get(COVERAGE, usual))
        except ValueError:
            share = usual
        st.session_state[PERCENT] = round(100 * (share if lowest <= share <= highest else usual))
    fill_fields()


def fill_form(house: Mapping[str, Any]) -> None:
    """Put ``house`` into the fields when they are drawn next; from a callback."""
    before = {name: st.session_state[key_of(name)] for name in house}
    st.session_state[FILLING] = dict(house), before


def fill_fields() -> None:
    """Fill them until the browser has the values: after a drawing that is cut short it still sends what it had."""
    house, before = st.session_state.get(FILLING, ({}, {}))
    if any(st.session_state[key_of(name)] != value for name, value in before.items()):
        del st.session_state[FILLING]
        return
    for name, value in house.items():
        st.session_state[key_of(name)] = value


def house_of(fields: list[Field]) -> dict[str, Any]:
    return {field.name: st.session_state[key_of(field.name)] for field in fields}


def coverage_of_form() -> float:
    return float(st.session_state[PERCENT]) / 100


def address_faults(fields: list[Field]) -> dict[str, str]:
    """Of the address, as long as their fields are empty."""
    faults = st.session_state[ADDRESS_FAULTS]
    empty = [field.name for field in fields if st.session_state[key_of(field.name)] is None]
    return {name: faults[name] for name in empty if faults.get(name)}


def keep_in_address(house: Mapping[str, Any], coverage: float) -> None:
    values = {name: write_value(value) for name, value in (*house.items(), (COVERAGE, coverage))}
    if any(st.query_params.get(name) != value for name, value in values.items()):
        st.query_params.update(values)


def draw_form(view: View, schema: Mapping[str, Any]) -> None:
    """Every field, with its unit, range and fault, and the coverage."""
    for first in range(0, len(view.fields), 2):  # a row of its own for each pair: a narrow page keeps their order
        for column, field in zip(st.columns(2), view.fields[first : first + 2], strict=False):
            with column:
                draw_field(field)
                if fault := view.faults.get(field.name):
                    st.error(f"{field.label} {fault}.", icon=":material/error:")
    lowest, highest, _ = coverages_of(schema)
    st.slider(
        "Share of prices inside of the interval",
        *(round(100 * lowest), round(100 * highest)),
        key=PERCENT,
        format="%d %%",
        help="A larger share means a wider interval.",
    )


def draw_field(field: Field) -> None:
    key = key_of(field.name)
    if field.is_number:
        step = 10.0**-field.digits
        st.number_input(
            f"{field.label}, {field.unit}" if field.unit not in field.label.lower() else field.label,
            value=None,
            step=max(step, 0.01),
            format=f"%.{field.digits}f",
            key=key,
            help=f"Allowed: {field.allowed}.",
            placeholder="unknown" if field.optional else "needed",
        )
        return
    present = st.session_state[key]
    options = [*field.options, *([present] if present is not None and present not in field.options else [])]
    st.selectbox(field.label, options, index=None, key=key, placeholder="unknown")
