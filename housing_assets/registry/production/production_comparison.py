"""The comparison of a new model with the one in production, whatever state that is in.

A version in production may be damaged, registered by other code or from another store, and its registry may be away.
None of it keeps a new model from being trained: the comparison is then not made, and says why and what mends it. The
gate ``production_rows`` says whether that blocks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.registry.production.ledger import DamagedLedgerError, Ledger
from housing_assets.storage.ancestry import ancestry
from housing_assets.storage.objects import CorruptObjectError, MissingObjectError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from housing_assets.registry.production.ledger import LedgerEntry
    from housing_assets.registry.versions import ModelRegistry
    from housing_assets.storage.store import Store

UNREADABLE = "unreadable"
"""Among the measurements of a comparison that failed because the version could not be loaded."""


class UncomparableError(Exception):
    """Why a model cannot be compared with production; ``unreadable`` if only its files or its registry are at fault."""

    def __init__(self, reason: str, *, unreadable: bool = False) -> None:
        super().__init__(reason)
        self.unreadable = unreadable


def in_production(store: Store, model_name: str) -> LedgerEntry | None:
    """The last entry of the ledger; None while nothing is in production.

    Raises:
        DamagedLedgerError: it is not known what is in production.
    """
    entries = Ledger(store.blobs, model_name).entries()
    return entries[-1] if entries else None


def comparison(
    registry: ModelRegistry,
    store: Store,
    rows: pd.DataFrame,
    candidate: pd.DataFrame,
    *,
    coverage: float,
) -> dict[str, Any]:
    """The measurements of ``candidate``, predictions of the raw test ``rows``, beside the model in production.

    Empty while nothing is in production. Else ``production``: its ``version`` and ``digest``, and what
    ``models.production.compared`` gives, or no ``rows`` and the ``reason``.
    """
    try:
        entry = in_production(store, registry.model_name)
    except DamagedLedgerError as error:
        return {"production": uncompared(rows, f"The ledger is damaged: {error}")}
    if entry is None:
        return {}
    identity = {"version": entry.to_version, "digest": entry.digest}
    try:
        return {"production": identity | scored(registry, store, entry, rows, candidate, coverage)}
    except UncomparableError as error:
        note = {UNREADABLE: True} if error.unreadable else {}
        return {"production": {**identity, **uncompared(rows, str(error)), **note}}


def summary(measurements: Mapping[str, Any]) -> str:
    """The outcome of ``comparison`` as a sentence, for the UI."""
    if not measurements:
        return "nothing is in production"
    production = measurements["production"]
    if "reason" in production:
        return f"not compared with production. {production['reason']}"
    rows, version = f"{production['rows']:,} of {production['test_rows']:,}", production["version"]
    return f"with version {version}, on the {rows} test rows that it was not trained on"


def uncompared(rows: pd.DataFrame, reason: str) -> dict[str, Any]:
    return {"rows": 0, "test_rows": len(rows), "reason": reason}


def scored(
    registry: ModelRegistry,
    store: Store,
    entry: LedgerEntry,
    rows: pd.DataFrame,
    candidate: pd.DataFrame,
    coverage: float,
) -> dict[str, Any]:
    from housing_assets.domain.models.production import compared, unseen

    comparable = unseen(rows, training_rows(store, entry))
    production = predictions(registry, entry, rows, coverage) if comparable.any() else candidate
    return compared(candidate, production, comparable, coverage=coverage)


def training_rows(store: Store, entry: LedgerEntry) -> pd.DataFrame:
    """The raw rows that the model in production was trained on, by what the store says that it was made of.

    Raises:
        UncomparableError: the store does not know it, or has not kept them.
    """
    try:
        made_of = ancestry(store, store.made("trained_model", entry.digest))
        raw, training = (store.load(made_of[asset].stored) for asset in ("raw_housing", "train_set"))
    except (MissingObjectError, CorruptObjectError, KeyError) as error:
        raise UncomparableError(
            f"Which rows version {entry.to_version} was trained on is not known in this store ({error}): "
            "use the store that it was made in, or put a model of this one into production by `housing promote`"
        ) from error
    rows: pd.DataFrame = raw.loc[training.index]
    return rows


def predictions(registry: ModelRegistry, entry: LedgerEntry, rows: pd.DataFrame, coverage: float) -> pd.DataFrame:
    """What the model in production says of raw ``rows``.

    Raises:
        UncomparableError: it cannot be loaded, or it fails.
    """
    from housing_assets.domain.models.evaluation import predict_rows

    model = production_model(registry, entry)
    try:
        return predict_rows(model, rows, coverage=coverage)
    except Exception as error:
        raise UncomparableError(
            f"Version {entry.to_version} fails on today's test rows ({type(error).__name__}: {error}): "
            "put another one into production by `housing promote` or `housing rollback`"
        ) from error


def production_model(registry: ModelRegistry, entry: LedgerEntry) -> Any:
    from mlflow.exceptions import MlflowException

    from housing_assets.registry.package.verification import ChangedCodeError, RefusedModelError, load
    from housing_assets.registry.versions import UnknownVersionError

    try:
        return load(registry, entry.to_version)
    except ChangedCodeError as error:
        raise UncomparableError(str(error)) from error
    except RefusedModelError as error:
        raise UncomparableError(str(error), unreadable=True) from error
    except (UnknownVersionError, MlflowException, OSError) as error:
        raise UncomparableError(
            f"Version {entry.to_version} cannot be read at {registry.server.tracking_uri} ({error}). Once MLflow "
            f"answers, `housing verify {entry.to_version}` says what is missing",
            unreadable=True,
        ) from error


def can_be_read_again(registry: ModelRegistry, production: Mapping[str, Any]) -> bool:
    """Whether a version that could not be loaded when a model was compared with it stands now, by a quick look."""
    from housing_assets.registry.lookup import RegistryUnreachableError
    from housing_assets.registry.package.presence import absence

    if not production.get(UNREADABLE):
        return False
    try:
        return absence(registry, production["version"], production["digest"]) is None
    except RegistryUnreachableError:
        return False
