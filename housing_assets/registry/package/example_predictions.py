"""What a version says of its input example: written when it is registered, asked again before it is used.

The digest of the weights vouches for what was learned, and for nothing of the code that makes prices of it. A version
whose example gets other prices today is not what its metrics were measured of.
"""

from __future__ import annotations

import json
import platform
from typing import TYPE_CHECKING, Any

from housing_assets.domain.libraries import DECIDING
from housing_assets.registry.code_state import git_commit, libraries

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

EXAMPLE_FILE = "example_predictions.json"
TOLERANCE = 1e-9
"""Relative, where libraries or processor are others: their sums may differ in the last bits. Else to the last bit."""

NUMBERS = ("prices", "lower", "upper")


def example_predictions(model: Any, rows: pd.DataFrame, coverage: float) -> dict[str, Any]:
    """What ``model`` says of raw ``rows``, and what said it, as plain JSON.

    ``prices`` in dollars, ``lower`` and ``upper`` the ends of the intervals of ``coverage``, or None for a model that
    has no intervals; each a list of float64 in full precision. ``rows`` hold the example itself.
    """
    return {
        "rows": plain(rows),
        "coverage": coverage,
        **answers(model, rows, coverage),
        "git_commit": git_commit(),
        "libraries": libraries(),
        "machine": machine(),
    }


def example_json(model: Any, rows: pd.DataFrame, coverage: float) -> str:
    """The content of ``EXAMPLE_FILE``."""
    return json.dumps(example_predictions(model, rows, coverage), indent=1, allow_nan=False)


def difference(model: Any, registered: Mapping[str, Any]) -> str:
    """How ``model`` differs today from what it said when it was ``registered``; empty if it does not.

    Never raises: that it fails is a difference too.
    """
    try:
        now = answers(model, frame(registered["rows"]), registered["coverage"])
    except Exception as error:
        return f"it fails with {type(error).__name__}: {error}"
    tolerance = 0.0 if is_same_machine(registered) else TOLERANCE
    for name in NUMBERS:
        before, after = registered[name] or [], now[name] or []
        for place, (old, new) in enumerate(zip(before, after, strict=True), 1):
            if not abs(new - old) <= tolerance * abs(old):
                return f"row {place} of its input example has {old!r} among its {name}, and gets {new!r} today"
    return ""


def origin(registered: Mapping[str, Any]) -> str:
    """The code and the libraries that a version was registered with; of libraries, those that are others now."""
    now = libraries()
    others = [f"{name} {version}" for name, version in registered["libraries"].items() if now.get(name) != version]
    return f"git commit {registered['git_commit']} and {', '.join(others) or 'the libraries that are installed now'}"


def answers(model: Any, rows: pd.DataFrame, coverage: float) -> dict[str, Any]:
    from housing_assets.domain.intervals.conformal import predict_with_interval
    from housing_assets.domain.parallel import run_on_one_thread

    if not hasattr(model[-1], "interval_around"):
        return {"prices": run_on_one_thread(model.predict, rows).tolist(), "lower": None, "upper": None}
    prices, ends = run_on_one_thread(predict_with_interval, model, rows, coverage)
    return {"prices": prices.tolist(), "lower": ends[:, 0].tolist(), "upper": ends[:, 1].tolist()}


def is_same_machine(registered: Mapping[str, Any]) -> bool:
    """Whether the libraries that compute, Python and the processor are those of the registration."""
    now = libraries()
    alike = all(registered["libraries"].get(name) == now.get(name) for name in DECIDING.values())
    return alike and registered["machine"] == machine()


def machine() -> list[str]:
    """Python, processor, and for which processor each library of linear algebra was chosen when it was loaded."""
    from threadpoolctl import threadpool_info

    kernels = {f"{each['internal_api']} {each['architecture']}" for each in threadpool_info() if "architecture" in each}
    return [platform.python_version(), platform.machine(), *sorted(kernels)]


def plain(rows: pd.DataFrame) -> dict[str, Any]:
    """A table as JSON; a gap is null."""
    values = rows.astype(object).where(rows.notna(), None)
    types = [str(dtype) for dtype in rows.dtypes]
    return {"columns": list(rows.columns), "types": types, "data": values.to_numpy().tolist()}


def frame(rows: Mapping[str, Any]) -> pd.DataFrame:
    """The inverse of ``plain``, but for the index."""
    import pandas as pd

    table = pd.DataFrame(rows["data"], columns=rows["columns"], dtype=object)
    return table.astype(dict(zip(rows["columns"], rows["types"], strict=True)))
