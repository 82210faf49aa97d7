"""A new model beside the one in production, on the test rows that production was not trained on.

After a change of the split, production was trained on most of the new test rows, and would look better on them than any
model that was not. So both are scored on the others alone.

A row is known by its identity: place, age, rooms, people, households and income, whatever file it came in. The prices
that both are judged by are those of today's file. A row whose price was corrected is therefore the same row, which
production was trained on with another price, and is left out. A row whose identity changed is a row that production was
not trained on, though it may have known it as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from housing_assets.domain.data.splits import IDENTITY, row_hash
from housing_assets.domain.intervals.scores import interval_score
from housing_assets.domain.models.evaluation import measure

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

FEWEST_ROWS = 2
"""On a single row no metric says anything."""


def unseen(rows: pd.DataFrame, training_rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Which of the raw ``rows`` are none of the raw ``training_rows``; shape (rows,), bool."""
    return ~np.isin(identities(rows), identities(training_rows))


def identities(rows: pd.DataFrame) -> NDArray[np.uint64]:
    return row_hash(rows.loc[:, list(IDENTITY)].to_numpy(), seed=0)


def compared(
    candidate: pd.DataFrame, production: pd.DataFrame, comparable: NDArray[np.bool_], *, coverage: float
) -> dict[str, Any]:
    """The metrics of two models on the ``comparable`` of the test rows.

    Args:
        candidate: what the new model predicts for the test rows, as of ``evaluation.predict_rows``.
        production: what the model in production predicts for the same rows.
        comparable: the rows that neither was trained on; shape (rows,), bool.
        coverage: of the intervals that both predict.

    Returns:
        ``rows`` that were compared, of ``test_rows``; ``overall``, the metrics of production on them, and
        ``candidate``, those of the new model. Of fewer than two rows there are no metrics.
    """
    counts = {"rows": int(comparable.sum()), "test_rows": len(comparable)}
    if counts["rows"] < FEWEST_ROWS:
        return counts
    sides = {"overall": production[comparable], "candidate": candidate[comparable]}
    return {**counts, **{name: {**measure(side), **scored(side, coverage)} for name, side in sides.items()}}


def scored(predictions: pd.DataFrame, coverage: float) -> dict[str, float]:
    actual, lower, upper = (predictions[name] for name in ("actual", "lower", "upper"))
    return {"interval_score": interval_score(actual, lower, upper, coverage)}
