"""The libraries that this project stands on, and what each of them has to do with a model: one table for everybody.

Pure data. What is stale when a library is updated, what a model card names, what a worker of a cluster must have in
common with this process, and what a registered model asks to be installed are all read from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Library:
    """A library of somebody else.

    Attributes:
        module: the name by which it is imported.
        distribution: the name by which it is installed.
        extra: the extra of ``housing_assets`` that installs it; None if it always is.
        decides: whether its version is part of a result: values that were computed with another one are stale.
        predicts: whether every model needs it to predict. Any other is needed by models that have parts of it.
    """

    module: str
    distribution: str
    extra: str | None = None
    decides: bool = False
    predicts: bool = False


LIBRARIES = (
    Library("sklearn", "scikit-learn", decides=True, predicts=True),
    Library("numpy", "numpy", decides=True, predicts=True),
    Library("pandas", "pandas", decides=True, predicts=True),
    Library("scipy", "scipy", decides=True, predicts=True),
    Library("optuna", "optuna", decides=True),
    Library("lightgbm", "lightgbm", extra="boosters", decides=True),
    Library("catboost", "catboost", extra="boosters", decides=True),
    Library("skops", "skops", predicts=True),
    Library("mlflow", "mlflow", predicts=True),
    Library("pyarrow", "pyarrow"),
    Library("dagster", "dagster"),
)

DECIDING = {library.module: library.distribution for library in LIBRARIES if library.decides}
"""Import name to distribution name of the libraries whose version is part of a result."""


def needed_to_predict(modules: Iterable[str]) -> list[Library]:
    """The libraries that a model with parts of ``modules`` (dotted names) needs, in the order of the table."""
    used = {module.partition(".")[0] for module in modules}
    return [library for library in LIBRARIES if library.predicts or library.module in used]
