"""Prices of the files that are dropped into ``to_price/``: a partition a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.assets.figures import draw_predictions
from housing_assets.assets.lineage import OWNERS, lineage_step
from housing_assets.reuse.computed import StepResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.batches.production_model import ProductionModel
    from housing_assets.raw.inbox import Inbox
    from housing_assets.raw.raw_source import RawSource
    from housing_assets.settings.data import RawSettings
    from housing_assets.settings.models import EvaluationSettings
    from housing_assets.settings.operations import RegistrySettings
    from housing_assets.settings.serving import ServingSettings
    from housing_assets.storage.store import Store

FILES = dg.DynamicPartitionsDefinition(name="files_to_price")
PRODUCTION = dg.AssetSpec(
    "production_model",
    description="The version that the ledger says is in production.",
    group_name="prices",
    deps=["registered_model"],
    owners=OWNERS,
)
SPEC = dg.AssetSpec(
    "predictions",
    group_name="prices",
    kinds={"pandas", "parquet"},
    owners=OWNERS,
    deps=[PRODUCTION.key],
    partitions_def=FILES,
)


def file_and_model(
    partition: str,
    to_price: Inbox,
    production_model: ProductionModel,
    registry: RegistrySettings,
    serving: ServingSettings,
) -> Mapping[str, str]:
    """The content of the file, and the version in production."""
    taken = to_price.taken(partition)
    if taken is None:
        raise dg.Failure(f"{partition} is gone from to_price/taken: drop the file again", allow_retries=False)
    reference = production_model.reference(registry, serving)
    return {"file": taken.digest, "model": reference.digest, "version": str(reference.version)}


@lineage_step(
    SPEC,
    resources=["to_price", "production_model", "raw_source"],
    origin=file_and_model,
    figures=draw_predictions,
)
def predictions(
    context: dg.AssetExecutionContext,
    partition: str,
    to_price: Inbox,
    production_model: ProductionModel,
    raw_source: RawSource,
    raw: RawSettings,
    evaluation: EvaluationSettings,
    registry: RegistrySettings,
    serving: ServingSettings,
    store: Store,
) -> StepResult:
    """Price, interval, support and flags of each row of a file, by the version in production."""
    import io

    import pandas as pd

    from housing_assets.batches.batch_prices import price_batch
    from housing_assets.batches.row_batches import read_batches
    from housing_assets.batches.summary import fault_records, summarise
    from housing_assets.domain.data.reading.options import MEGABYTE, Reading
    from housing_assets.serving.log.prediction_log import logging_to, open_log

    taken: Any = to_price.taken(partition)
    content = raw_source.fetch(raw.model_copy(update={"uri": taken.uri, "checksum": None}), context.log.info).content
    reading = Reading(int(raw.maximum_megabytes * MEGABYTE), raw.columns, raw.missing, context.log.info)
    model = production_model.load(registry, serving)
    batches = read_batches(io.BytesIO(content), reading, batch_rows=serving.batch_rows)
    with logging_to(open_log(store.blobs, serving), context.log.warning) as log:
        priced = [price_batch(model, batch, evaluation.coverage, log=log, asker=SPEC.key.path[0]) for batch in batches]
    table = pd.concat([each.table for each in priced], ignore_index=True)
    faults = [fault for each in priced for fault in each.faults]
    return StepResult(
        table,
        measurements=summarise(table, faults),
        metadata={"version": model.reference.version, "faulty_rows": fault_records(faults)},
    )
