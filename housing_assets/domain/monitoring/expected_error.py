"""How wrong prices are before anybody knows what houses were sold for: what the intervals say.

The mean absolute error is taken to be in the same proportion to the mean width of the intervals as it was on the test
rows. It follows changes of what is asked, which wider intervals show; it cannot follow changes of what houses are
worth. How well it did is measured once prices are known (``performance``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def error_share(evaluation: Mapping[str, Any]) -> float | None:
    """Mean absolute error by mean width of the intervals on the test rows; None where one of them is not recorded."""
    error = (evaluation.get("overall") or {}).get("mae")
    width = (evaluation.get("coverage") or {}).get("mean_width")
    return error / width if error and width else None


def expected_wmape(rows: pd.DataFrame, share: float) -> float:
    """Per cent, of ``price``, ``lower`` and ``upper`` of (rows,); ``share`` as of ``error_share``."""
    return float(100 * share * (rows["upper"] - rows["lower"]).sum() / rows["price"].sum())
