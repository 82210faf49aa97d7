"""What a version was trained on, and how it was evaluated, as far as this store knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.domain.monitoring.live_drift import reference_of
from housing_assets.domain.schema import PREDICTORS
from housing_assets.registry.production.release_record import read_record
from housing_assets.storage.ancestry import ancestry
from housing_assets.storage.entry import InvalidEntryError
from housing_assets.storage.objects import CorruptObjectError, MissingObjectError

if TYPE_CHECKING:
    import pandas as pd

    from housing_assets.storage.store import Store


def reference_rows(store: Store, digest: str) -> pd.DataFrame | None:
    """Training rows of the version of that digest, with prices to compare its own with; None where they are unknown."""
    try:
        made_of = ancestry(store, store.made("trained_model", digest))
        raw, training = (store.load(made_of[asset].stored) for asset in ("raw_housing", "train_set"))
    except (MissingObjectError, CorruptObjectError, KeyError):
        return None
    return reference_of(raw.loc[training.index], predicted_prices(store, digest), PREDICTORS)


def predicted_prices(store: Store, digest: str) -> Any:
    """What the version predicted of its test rows; None where that was not kept."""
    for entry in reversed(store.history("model_evaluation")):
        if entry.parts["inputs"]["trained_model"] == digest and "predictions" in entry.tables:
            try:
                return store.load(entry.tables["predictions"])["predicted"].to_numpy()
            except (MissingObjectError, CorruptObjectError):
                continue
    return None


def registered_evaluation(store: Store, model_name: str, digest: str) -> dict[str, Any]:
    """What was measured of the version before it went into production; empty where that is not known."""
    try:
        record = read_record(store.blobs, model_name, digest)
    except InvalidEntryError:
        return {}
    return dict((record or {}).get("evaluation") or {})
