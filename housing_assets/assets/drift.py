"""Drift: how far the raw file is from the rows that the model learned from. It warns, and nothing depends on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.assets.figures import draw_drift
from housing_assets.assets.lineage import lineage_step, spec
from housing_assets.reuse.computed import StepResult
from housing_assets.reuse.tables import records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from housing_assets.settings.data import SplitSettings
    from housing_assets.settings.operations import DriftSettings, RegistrySettings
    from housing_assets.storage.entry import StoredObject
    from housing_assets.storage.store import Store


def reference_version(store: Store, registry: RegistrySettings) -> Mapping[str, str]:
    """The raw table behind the model in production."""
    reference = reference_object(store, registry)
    return {"reference": reference.data_version} if reference else {}


def reference_object(store: Store, registry: RegistrySettings) -> StoredObject | None:
    """The raw table that the model in production was trained on, if there is such a model and the table is stored."""
    from housing_assets.registry.production.ledger import DamagedLedgerError
    from housing_assets.registry.production.production_comparison import in_production
    from housing_assets.storage.objects import MissingObjectError

    try:
        promoted = in_production(store, registry.model_name)
        if promoted is None:
            return None
        model = store.made("trained_model", promoted.digest)
        stored = store.made("raw_housing", model.parts["inputs"]["raw_housing"]).stored
    except (MissingObjectError, DamagedLedgerError):  # model_evaluation tells of a damaged ledger
        return None
    return stored if store.intact(stored) else None


@lineage_step(spec("drift_report", "data", "scipy"), origin=reference_version, figures=draw_drift)
def drift_report(
    raw_housing: pd.DataFrame,
    drift: DriftSettings,
    split: SplitSettings,
    origin: Mapping[str, str],
    store: Store,
) -> StepResult:
    """How each column of the raw file differs from the rows that the model in production was trained on.

    Population stability index, Kolmogorov-Smirnov and Wasserstein distance, growth of gaps, new categories. While no
    model is in production, the file's own training rows are the reference.
    """
    from housing_assets.domain.data import drift as domain
    from housing_assets.domain.data.splits import is_training

    stored = store.made("raw_housing", origin["reference"]).stored if origin else None
    accepted = store.load(stored) if stored else raw_housing
    reference = accepted[is_training(accepted, **split.model_dump())]
    table = domain.report(reference, raw_housing, **drift.model_dump())
    return StepResult(
        table,
        measurements=domain.measurements(table),
        metadata={"distances": records(table.reset_index()), "reference": stored.name if stored else "this file"},
        tables={"shares": domain.shares(reference, raw_housing, table)},
    )
