"""Regression of a value on features, with coefficients of their own at every place."""

from __future__ import annotations

import numpy as np

CHUNK_ROWS = 10_000


def local_linear(
    features: np.ndarray,
    values: np.ndarray,
    *,
    queries: np.ndarray,
    distances: np.ndarray,
    nearest: np.ndarray,
    shrinkage: float,
) -> np.ndarray:
    """Predict each query by a linear regression on its nearest rows alone; (queries,).

    Geographically weighted regression (Brunsdon, Fotheringham and Charlton 1996) with the tricube kernel of loess
    (Cleveland 1979) reaching to the farthest neighbour, and with a ridge towards the coefficients of the regression on
    all rows, so that few or equal neighbours still give a sensible answer. Predictions stay within the values seen.

    Args:
        features: (rows, columns) of the rows, of about unit spread.
        values: (rows,).
        queries: (queries, columns).
        distances: (queries, neighbours), ascending.
        nearest: (queries, neighbours), row numbers.
        shrinkage: weight of the ridge, in rows.
    """
    design = np.column_stack([np.ones(len(features)), features])
    overall = np.linalg.lstsq(design, values, rcond=None)[0]
    ridge = np.diag([1e-3, *np.full(features.shape[1], shrinkage)])
    asked = np.column_stack([np.ones(len(queries)), queries])
    predictions = np.empty(len(queries))
    for start in range(0, len(queries), CHUNK_ROWS):
        chunk = slice(start, start + CHUNK_ROWS)
        rows = design[nearest[chunk]]
        weighted = rows * _tricube(distances[chunk])[..., None]
        squares = weighted.transpose(0, 2, 1) @ rows + ridge
        products = (weighted * values[nearest[chunk]][..., None]).sum(axis=1) + ridge @ overall
        coefficients = np.linalg.solve(squares, products[..., None])[..., 0]
        predictions[chunk] = (asked[chunk] * coefficients).sum(axis=1)
    return np.clip(predictions, values.min(), values.max())


def _tricube(distances: np.ndarray) -> np.ndarray:
    """1 at distance 0, falling to almost 0 at the farthest; all 1 if all are at the same place."""
    reach = 1.05 * distances[:, -1:]
    share = distances / np.where(reach > 0, reach, 1)
    return np.asarray((1 - share**3) ** 3)
