"""Drift of what is asked and of what is answered against the training rows, in parts by count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from housing_assets.domain.data.drift import measurements, report
from housing_assets.domain.monitoring.expected_error import error_share, expected_wmape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from housing_assets.domain.monitoring.periods import Signals

PRICE = "price"


def signals_of(
    chunk: pd.DataFrame, reference: pd.DataFrame, evaluation: Mapping[str, Any], *, bins: int, smallest_share: float
) -> Signals:
    """What is measured of one part.

    ``psi.COLUMN``, ``ks.COLUMN``, ``missing_share_change.COLUMN``, ``new_categories``, ``flagged_share`` and, where the
    evaluation of the model is known, ``expected_error``: expected wMAPE by the registered one.
    """
    asked = chunk[[name for name in reference if name in chunk and (name == PRICE or chunk[name].notna().any())]]
    found = measurements(report(reference, asked, bins=bins, smallest_share=smallest_share))
    kinds = ("psi", "ks", "missing_share_change")
    signals = {
        f"{kind}.{column}": value for kind in kinds for column, value in found[kind].items() if value is not None
    }
    signals |= {
        "new_categories": float(found["new_categories"]),
        "flagged_share": float((chunk["flags"] != "").mean()),
    }
    share = error_share(evaluation)
    if share is not None:
        signals["expected_error"] = expected_wmape(chunk, share) / evaluation["overall"]["wmape"]
    return signals


def chunk_table(parts: Sequence[pd.DataFrame], signals: Sequence[Signals]) -> pd.DataFrame:
    """One row a part: ``chunk``, ``start`` and ``end`` in seconds since 1970, ``rows``, and each of its signals."""
    places = [
        {"chunk": number, "start": part["time"].min(), "end": part["time"].max(), "rows": len(part)}
        for number, part in enumerate(parts)
    ]
    return pd.DataFrame(
        [place | of_part for place, of_part in zip(places, signals, strict=True)],
        columns=None if places else ["chunk", "start", "end", "rows"],
    )


def worst_columns(table: pd.DataFrame, count: int = 5) -> list[str]:
    """The columns whose stability index is highest, worst first."""
    indices = table[[name for name in table if str(name).startswith("psi.")]].max()
    return [str(name).removeprefix("psi.") for name in indices.sort_values(ascending=False).index[:count]]


def reference_of(training: pd.DataFrame, predicted: np.ndarray | None, columns: Sequence[str]) -> pd.DataFrame:
    """The training rows with ``price``: what the model predicts of rows that it was not trained on, else their own.

    Predictions spread less than prices do, so that the former is what predictions are to be held against.
    """
    table = training[list(columns)].reset_index(drop=True)
    if predicted is None:
        return table.assign(**{PRICE: training["median_house_value"].to_numpy()})
    filled = np.resize(np.asarray(predicted, dtype=np.float64), len(table))
    return table.assign(**{PRICE: filled})
