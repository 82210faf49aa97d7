"""What all plots have in common."""

from __future__ import annotations

from typing import Any

ACCENT, MUTED, OTHER = "#d6336c", "#868e96", "#1c7ed6"
"""Each has a contrast of 3 to 1 and more on white and on Streamlit's dark ground."""

PLAIN = {"displayModeBar": False}
MAP = {"scrollZoom": True, "displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "toImage"]}
DOLLARS = {"tickprefix": "$", "tickformat": "~s"}


def layout(height: int, **more: Any) -> dict[str, Any]:
    margin = {"l": 8, "r": 8, "t": 8, "b": 8}
    return {"height": height, "margin": margin, "showlegend": False, **more}
