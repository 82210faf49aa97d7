"""Prices of one batch: good rows priced, faulty ones set aside with what is wrong."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from housing_assets.domain.data.reading.options import fault as file_fault
from housing_assets.serving.explanation import explain_rows, typical_row
from housing_assets.serving.log.answers import Answer, Priced, request_id
from housing_assets.serving.pricing import price_rows
from housing_assets.serving.row_schema import RowFault, predictors_of, table_faults

if TYPE_CHECKING:
    import pandas as pd

    from housing_assets.batches.row_batches import RowBatch
    from housing_assets.serving.log.prediction_log import PredictionLog
    from housing_assets.serving.served_model import ServedModel


class BatchPrices(NamedTuple):
    """``table``: ``row``, the columns of the file, then those of ``price_rows`` with ``coverage`` and ``version``.

    ``faults`` are of the rows that are not in it.
    """

    table: pd.DataFrame
    faults: list[RowFault]


def price_batch(
    model: ServedModel,
    batch: RowBatch,
    coverage: float,
    *,
    explain: bool = False,
    log: PredictionLog | None = None,
    asker: str = "housing predict",
) -> BatchPrices:
    """Price the rows of ``batch`` that have no fault. A column of the file that is called as one of ours is left out.

    What is priced is offered to ``log`` as one answer to ``asker``.

    Raises:
        RawDataError: columns are missing.
    """
    found = table_faults(batch.rows) if len(batch.rows) else []
    if missing := [fault.field for fault in found if fault.row < 0]:
        raise file_fault("missing columns", f"{', '.join(missing)}: add them, or map names in raw.columns")
    numbers = batch.rows.index
    faults = [fault._replace(row=int(numbers[fault.row])) for fault in found]
    faults += [RowFault(number, "", reason) for number, reason in batch.unread.items()]
    good = batch.rows.drop(index=sorted({fault.row for fault in faults} & set(numbers)))
    faults.sort()
    if not len(good):
        return BatchPrices(good.iloc[:0, :0], faults)
    moment, started = time.time(), time.perf_counter()
    priced = priced_rows(model, good, coverage)
    if log is not None:
        log.offer(Answer(request_id(moment), asker, moment, time.perf_counter() - started, priced=priced))
    return BatchPrices(priced_table(priced, good, explain=explain), faults)


def priced_rows(model: ServedModel, rows: pd.DataFrame, coverage: float) -> Priced:
    predictors = predictors_of(rows)
    return Priced(model, predictors, price_rows(model.predictor, predictors, coverage), coverage)


def priced_table(priced: Priced, rows: pd.DataFrame, *, explain: bool) -> pd.DataFrame:
    import pandas as pd

    prices = pd.DataFrame(priced.prices).assign(
        flags=[" ".join(flags) for flags in priced.prices["flags"]],
        coverage=priced.coverage,
        version=priced.model.reference.version,
    )
    if explain:
        prices = prices.join(explanation_table(priced.model, pd.DataFrame(priced.rows)))
    own = rows[[name for name in rows if name not in {*prices, "row"}]]
    numbers = pd.Series(rows.index, rows.index, name="row")
    return pd.concat([numbers, own, prices], axis="columns")


def explanation_table(model: ServedModel, rows: pd.DataFrame) -> pd.DataFrame:
    """``reference_price``, and the dollars of each group as ``GROUP_dollars``."""
    import pandas as pd

    explanations = explain_rows(model.predictor, rows, typical_row(model.predictor.model))
    return pd.DataFrame(
        [
            {"reference_price": each.reference_price}
            | {f"{group}_dollars": dollars for group, dollars in each.contributions.items()}
            for each in explanations
        ],
        index=rows.index,
    )
