"""Which errors a command expects: they say what is wrong and what mends it, so a stack trace would only hide that.

Any other error is a fault of the program, and keeps its stack trace.
"""

from __future__ import annotations

import sys

from housing_assets.errors import ExpectedError


def is_expected() -> tuple[type[Exception], ...]:
    """MLflow is not imported for it: what never ran did not fail."""
    mlflow = sys.modules.get("mlflow.exceptions")
    return (ExpectedError, *([mlflow.MlflowException] if mlflow else []))
