"""Another version in the shadow: it prices what was answered, in the thread that writes the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from housing_assets.serving.log.prediction_log import extended
from housing_assets.serving.pricing import price_rows

if TYPE_CHECKING:
    from housing_assets.serving.current_model import CurrentModel
    from housing_assets.serving.log.answers import Answer


class Shadow:
    """Adds the prices of ``followed`` to answers of other versions.

    Nobody waits for them: while the queue of the log is full, rows are lost to the log and not to who asked. What the
    version cannot do is written in place of its prices.
    """

    def __init__(self, followed: CurrentModel) -> None:
        self.followed = followed

    def __call__(self, answer: Answer) -> Answer:
        model, priced = self.followed.model, answer.priced
        if model is None or priced is None or model.reference.identity == priced.model.reference.identity:
            return answer
        reference = model.reference
        try:
            prices = price_rows(model.predictor, pd.DataFrame(priced.rows), priced.coverage)
        except Exception as error:  # whatever a version does that nobody promoted
            return extended(answer, other_fault=f"version {reference.version}: {type(error).__name__}: {error}")
        ends = {name: prices[name].tolist() for name in ("price", "lower", "upper")}
        return extended(answer, other={"version": reference.version, "digest": reference.digest, **ends})
