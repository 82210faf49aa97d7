"""Plots that need nothing but their data: no map tiles, no fonts, no scripts from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import plotly.graph_objects as go

ACCENT, MUTED, OTHER = "#d6336c", "#868e96", "#1c7ed6"
"""Each has a contrast of 3 to 1 and more on white and on Streamlit's dark ground."""

WIDE = 1.26
"""A degree north is so many times as long as one east, in the middle of the state."""

PLAIN = {"displayModeBar": False}
MAP = {"scrollZoom": True, "displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "toImage"]}


def layout(height: int, **more: Any) -> dict[str, Any]:
    margin = {"l": 8, "r": 8, "t": 8, "b": 8}
    return {"height": height, "margin": margin, "showlegend": False, **more}


def interval_bar(prediction: Mapping[str, float], highest: float) -> go.Figure:
    """The price within its interval, on an axis from 0 to ``highest`` dollars."""
    import plotly.graph_objects as go

    price, lower, upper = (prediction[name] for name in ("price", "lower", "upper"))
    figure = go.Figure(layout=layout(70, yaxis={"visible": False, "fixedrange": True, "range": [-1, 1]}))
    figure.add_scatter(x=[lower, upper], y=[0, 0], mode="lines", line={"color": OTHER, "width": 14}, hoverinfo="skip")
    point = {"color": ACCENT, "size": 18, "symbol": "diamond", "line": {"color": "white", "width": 2}}
    figure.add_scatter(x=[price], y=[0], mode="markers", marker=point, hovertemplate="$%{x:,.0f}<extra></extra>")
    figure.update_xaxes(range=[0, highest * 1.03], tickprefix="$", tickformat="~s", fixedrange=True, zeroline=False)
    return figure
