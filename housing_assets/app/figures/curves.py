"""A price over one input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.app.figures.style import ACCENT, DOLLARS, OTHER, layout

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import plotly.graph_objects as go

FILL = "rgba(28, 126, 214, 0.25)"


def price_curve(
    values: Sequence[float], predictions: Sequence[Mapping[str, Any]], unlike: Sequence[bool], title: str
) -> go.Figure:
    """Price and interval at each of ``values``; dotted where the house is ``unlike`` all that is known."""
    import plotly.graph_objects as go

    figure = go.Figure(layout=layout(380, hovermode="x unified"))
    lower, upper, price = ([each[name] for each in predictions] for name in ("lower", "upper", "price"))
    hidden: dict[str, Any] = {"mode": "lines", "line": {"width": 0, "color": OTHER}}
    figure.add_scatter(x=values, y=lower, name="lower", **hidden)
    figure.add_scatter(x=values, y=upper, name="upper", fill="tonexty", fillcolor=FILL, **hidden)
    known = [None if far else each for each, far in zip(price, unlike, strict=True)]
    figure.add_scatter(x=values, y=price, mode="lines", line={"color": OTHER, "dash": "dot"}, hoverinfo="skip")
    figure.add_scatter(x=values, y=known, mode="lines", line={"color": OTHER, "width": 3}, name="price")
    figure.update_xaxes(title=title, fixedrange=True)
    figure.update_yaxes(rangemode="tozero", fixedrange=True, **DOLLARS)
    return figure


def add_now(figure: go.Figure, value: float, price: float) -> None:
    """Where the house in the form is."""
    point = {"color": ACCENT, "size": 14, "symbol": "diamond", "line": {"color": "white", "width": 2}}
    figure.add_scatter(x=[value], y=[price], mode="markers", marker=point, name="now")
