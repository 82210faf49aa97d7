"""How MLflow loads a registered version: ``_load_pyfunc`` is what it calls.

A copy of this module is in the code that every version carries (``packaged_code``). There it is part of a package with
a name of its own, imports its neighbours by that name, and touches no ``housing_assets`` that may be installed.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housing_assets.trusted_types import model

if TYPE_CHECKING:
    import pandas as pd

WEIGHTS_FILE = "model.skops"
DIGEST_FILE = "weights.sha256"
"""Beside the ``__init__.py`` of the package: the SHA-256 of the weights that its code belongs to."""


class OtherWeightsError(ValueError):
    """The weights are not those that were registered with this code."""


class PackagedModel:
    """What MLflow asks for prices: the pipeline, with the code that it was registered with."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    def predict(self, rows: pd.DataFrame) -> Any:
        """Prices in dollars of (rows, columns), as the pipeline gives them.

        Raises:
            ValueError: naming the columns that are no numbers.
        """
        return self._pipeline.predict(with_none(rows))

    def get_raw_model(self) -> Any:
        """The pipeline itself, which has more to tell, such as intervals."""
        return self._pipeline


def with_none(rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with None for each gap among objects: MLflow hands a nullable integer on as ``pandas.NA``."""
    objects = rows.select_dtypes(object)
    return rows.assign(**objects.where(objects.notna(), None))


def _load_pyfunc(folder: str) -> PackagedModel:
    """The model in the ``folder`` of a registered version.

    Raises:
        OtherWeightsError: its weights were changed.
        UntrustedTypesError: it is of types that the project did not trust.
    """
    content = Path(folder, WEIGHTS_FILE).read_bytes()
    registered = files(__name__.partition(".")[0]).joinpath(DIGEST_FILE).read_text(encoding="ascii")
    if hashlib.sha256(content).hexdigest() != registered:
        raise OtherWeightsError(f"{Path(folder, WEIGHTS_FILE)} is not what was registered: it has another SHA-256")
    return PackagedModel(model(content))
