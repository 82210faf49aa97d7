"""The price within its interval, and what drove it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.app.figures.style import ACCENT, DOLLARS, MUTED, OTHER, layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    import plotly.graph_objects as go


def interval_bar(prediction: Mapping[str, float], highest: float) -> go.Figure:
    """The price within its interval, on an axis from 0 to ``highest`` dollars."""
    import plotly.graph_objects as go

    price, lower, upper = (prediction[name] for name in ("price", "lower", "upper"))
    figure = go.Figure(layout=layout(92, yaxis={"visible": False, "fixedrange": True, "range": [-1, 1]}))
    figure.add_scatter(x=[lower, upper], y=[0, 0], mode="lines", line={"color": OTHER, "width": 14}, hoverinfo="skip")
    point = {"color": ACCENT, "size": 18, "symbol": "diamond", "line": {"color": "white", "width": 2}}
    figure.add_scatter(x=[price], y=[0], mode="markers", marker=point, hovertemplate="$%{x:,.0f}<extra></extra>")
    figure.update_xaxes(range=[0, highest * 1.03], fixedrange=True, zeroline=False, **DOLLARS)
    return figure


def contribution_bars(first: float, contributions: Mapping[str, float], last: float) -> go.Figure:
    """From the price ``first`` by ``contributions`` to the price ``last``, in dollars."""
    import plotly.graph_objects as go

    names = ["Typical", *contributions, "This price"]
    values = [first, *contributions.values(), last]
    figure = go.Figure(layout=layout(60 + 36 * len(names)))
    figure.add_waterfall(
        orientation="h",
        measure=["absolute", *["relative"] * len(contributions), "absolute"],
        x=values,
        y=names,
        increasing={"marker": {"color": OTHER}},
        decreasing={"marker": {"color": ACCENT}},
        totals={"marker": {"color": MUTED}},
        connector={"line": {"color": MUTED, "width": 1}},
        hovertemplate="%{y}: $%{x:,.0f}<extra></extra>",
    )
    figure.update_yaxes(autorange="reversed", fixedrange=True)
    figure.update_xaxes(fixedrange=True, **DOLLARS)
    return figure
