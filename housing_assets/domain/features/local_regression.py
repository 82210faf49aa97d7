"""Regression of a value on features, with coefficients of their own at every place."""

from __future__ import annotations

import numpy as np

CHUNK_ROWS = 1_000
"""So few that the neighbours of a chunk fit into a processor's cache: a third faster than 10,000."""


class LocalRegression:
    """Predicts a value by a linear regression on the nearest rows alone.

    Geographically weighted regression (Brunsdon, Fotheringham and Charlton 1996) with the tricube kernel of loess
    (Cleveland 1979) reaching to the farthest neighbour, and with a ridge towards the coefficients of the regression on
    all rows, so that few or equal neighbours still give a sensible answer. Predictions stay within the values seen.

    Args:
        features: (rows, columns) of the rows, of about unit spread.
        values: (rows,).
        shrinkage: weight of the ridge, in rows.
    """

    def __init__(self, features: np.ndarray, values: np.ndarray, *, shrinkage: float) -> None:
        self.values = values
        self._range = values.min(), values.max()
        self._design = np.column_stack([np.ones(len(features)), features])
        self._ridge = np.diag([1e-3, *np.full(features.shape[1], shrinkage)])
        self._pull = self._ridge @ np.linalg.lstsq(self._design, values, rcond=None)[0]

    def predict(self, queries: np.ndarray, *, distances: np.ndarray, nearest: np.ndarray) -> np.ndarray:
        """The value of each of ``queries``, (queries, columns); (queries,).

        Args:
            queries: features of the rows to predict.
            distances: (queries, neighbours), ascending.
            nearest: (queries, neighbours), row numbers.
        """
        predictions = np.empty(len(queries))
        for start in range(0, len(queries), CHUNK_ROWS):
            chunk = slice(start, start + CHUNK_ROWS)
            predictions[chunk] = self._chunk(queries[chunk], distances[chunk], nearest[chunk])
        return np.clip(predictions, *self._range)

    def _chunk(self, queries: np.ndarray, distances: np.ndarray, nearest: np.ndarray) -> np.ndarray:
        rows = self._design[nearest]
        weighted = rows * _tricube(distances)[..., None]
        squares = weighted.transpose(0, 2, 1) @ rows + self._ridge
        products = (weighted * self.values[nearest][..., None]).sum(axis=1) + self._pull
        coefficients = np.linalg.solve(squares, products[..., None])[..., 0]
        asked = np.concatenate([np.ones((len(queries), 1)), queries], axis=1)
        return np.asarray((asked * coefficients).sum(axis=1))


def _tricube(distances: np.ndarray) -> np.ndarray:
    """1 at distance 0, falling to almost 0 at the farthest; all 1 if all are at the same place."""
    reach = 1.05 * distances[:, -1:]
    share = distances / np.where(reach > 0, reach, 1)
    return np.asarray((1 - share**3) ** 3)
