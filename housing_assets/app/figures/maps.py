"""California on plain axes: degrees east and north, the coast, the large cities, and points drawn by WebGL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.app.figures.style import ACCENT, MUTED, layout

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import plotly.graph_objects as go

WIDE = 1.26
"""A degree north is so many times as long as one east, in the middle of the state."""

Point = tuple[float, float]


def state_map(outlines: Mapping[str, Sequence[Mapping[str, Any]]], height: int) -> go.Figure:
    """Coast, bay and cities; a map keeps its place when it is drawn again."""
    import plotly.graph_objects as go

    figure = go.Figure(layout=layout(height, uirevision="kept", dragmode="pan", hovermode="closest"))
    figure.update_xaxes(title="degrees east", showgrid=False, zeroline=False)
    figure.update_yaxes(title="degrees north", scaleanchor="x", scaleratio=WIDE, showgrid=False, zeroline=False)
    for name in ("coast", "bay"):
        east, north = columns(outlines[name])
        figure.add_scattergl(x=east, y=north, mode="lines", line={"color": MUTED, "width": 1.5}, hoverinfo="skip")
    return figure


def add_values(
    figure: go.Figure,
    places: Sequence[Mapping[str, Any]],
    values: Sequence[float | None],
    *,
    size: float = 5,
    **marker: Any,
) -> None:
    """A point for each of ``places``, coloured by its value; what is clicked keeps its looks."""
    east, north = columns(places)
    figure.add_scattergl(
        x=east,
        y=north,
        mode="markers",
        marker={"color": list(values), "size": size, **marker},
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        hovertemplate="%{marker.color:,.4~g}<br>%{x:.2f}, %{y:.2f}<extra></extra>",
    )


def add_cities(figure: go.Figure, cities: Sequence[Mapping[str, Any]]) -> None:
    """Their names to the left of them, with a ground of their own: they are read on any colour."""
    label: dict[str, Any] = {
        "font": {"color": "#212529", "size": 11},
        "bgcolor": "rgba(255, 255, 255, 0.75)",
        "borderpad": 1,
    }
    label |= {"xanchor": "right", "xshift": -7}
    for city in cities:
        where = {"x": city["longitude"], "y": city["latitude"]}
        figure.add_annotation(text=city["name"], showarrow=False, **where, **label)
    east, north = columns(cities)
    marker = {"color": "#212529", "size": 6, "line": {"color": "white", "width": 1}}
    names = {"text": [city["name"] for city in cities], "hovertemplate": "%{text}<extra></extra>"}
    figure.add_scattergl(x=east, y=north, mode="markers", marker=marker, unselected={"marker": {"opacity": 1}}, **names)


def add_house(figure: go.Figure, place: Point) -> None:
    marker = {"color": ACCENT, "size": 16, "symbol": "diamond", "line": {"color": "white", "width": 2}}
    figure.add_scattergl(x=[place[0]], y=[place[1]], mode="markers", marker=marker, hoverinfo="skip")


def look_at(figure: go.Figure, places: Sequence[Mapping[str, Any]], margin: float = 0.02) -> None:
    """Show ``places`` alone, and ``margin`` degrees around them."""
    east, north = columns(places)
    figure.update_xaxes(range=[min(east) - margin, max(east) + margin])
    figure.update_yaxes(range=[min(north) - margin, max(north) + margin])


def columns(places: Sequence[Mapping[str, Any]]) -> tuple[list[float], list[float]]:
    return [each["longitude"] for each in places], [each["latitude"] for each in places]
