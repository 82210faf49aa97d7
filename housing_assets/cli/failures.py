"""Which errors a command expects: they say what is wrong and what mends it, so a stack trace would only hide that.

Any other error is a fault of the program, and keeps its stack trace.
"""

from __future__ import annotations

import sys


def expected() -> tuple[type[Exception], ...]:
    """Imported only once something failed. MLflow is not imported for it: what never ran did not fail."""
    from housing_assets.raw import errors as source_errors
    from housing_assets.registry import ledger, presence, promotion, verification
    from housing_assets.registry import releases as office
    from housing_assets.registry import versions as model_registry
    from housing_assets.storage import objects, store

    mlflow = sys.modules.get("mlflow.exceptions")
    return (
        ValueError,  # of profiles, settings, damaged objects, and of what was given to a command
        store.UnknownVersionError,
        objects.MissingObjectError,
        source_errors.SourceError,
        model_registry.UnknownVersionError,
        office.NotEvaluatedError,
        presence.RegistryUnreachableError,
        promotion.GateRefusedError,
        promotion.NothingToRollBackToError,
        ledger.LedgerConflictError,
        ledger.DamagedLedgerError,
        verification.RefusedModelError,
        *([mlflow.MlflowException] if mlflow else []),
    )
