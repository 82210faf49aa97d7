"""Two versions beside each other on the same rows: how far apart their prices are, and which is nearer to the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import wilcoxon

from housing_assets.domain.metrics import all_metrics
from housing_assets.domain.schema import CATEGORICAL

if TYPE_CHECKING:
    import pandas as pd

CLOSE = 0.05
FEWEST_LABELS = 20


def agreement(rows: pd.DataFrame) -> dict[str, Any]:
    """Of ``price`` and ``other_price``, rows without the latter left out; ``with_prices`` where ``actual`` is known.

    ``bias`` is the mean of the differences by the mean price, ``difference`` the mean of their sizes by it; ``close``
    the share of rows whose prices differ by at most 5 %. Empty where there is no row.
    """
    both = rows[rows["other_price"].notna()]
    if not len(both):
        return {}
    by_slice = both.groupby(both[CATEGORICAL].fillna("unknown"), sort=True)
    found = differences(both) | {"slices": {str(label): differences(part) for label, part in by_slice}}
    labelled = both[both["actual"].notna()] if "actual" in both else both.iloc[:0]
    return found | ({"with_prices": paired(labelled)} if len(labelled) >= FEWEST_LABELS else {})


def differences(rows: pd.DataFrame) -> dict[str, Any]:
    apart = rows["other_price"] - rows["price"]
    return {
        "rows": len(rows),
        "bias": float(apart.mean() / rows["price"].mean()),
        "difference": float(apart.abs().mean() / rows["price"].mean()),
        "close": float((apart.abs() <= CLOSE * rows["price"]).mean()),
    }


def paired(rows: pd.DataFrame) -> dict[str, Any]:
    """Errors of both, and how likely errors that far apart are if neither is better (Wilcoxon 1945, signed ranks)."""
    errors = [(rows["actual"] - rows[name]).abs().to_numpy() for name in ("price", "other_price")]
    apart = errors[1] - errors[0]
    return {
        "rows": len(rows),
        "wmape": all_metrics(rows["actual"], rows["price"])["wmape"],
        "other_wmape": all_metrics(rows["actual"], rows["other_price"])["wmape"],
        "probability": float(wilcoxon(apart).pvalue) if np.any(apart) else 1.0,
    }


def told(found: dict[str, Any], one: str, other: str) -> list[str]:
    """``agreement`` as lines for people."""
    if not found:
        return [f"no row was priced by both {one} and {other}"]
    lines = [
        f"{other} beside {one} on {found['rows']:,} rows: {found['bias']:+.1%} in the mean, {found['difference']:.1%} "
        f"apart, {found['close']:.0%} of the rows within {CLOSE:.0%}"
    ]
    lines += [
        f"  {label}: {part['bias']:+.1%}, {part['difference']:.1%} apart ({part['rows']:,} rows)"
        for label, part in found["slices"].items()
    ]
    if "with_prices" in found:
        labelled = found["with_prices"]
        lines.append(
            f"  against {labelled['rows']:,} realised prices: wMAPE {labelled['wmape']:.2f} of {one}, "
            f"{labelled['other_wmape']:.2f} of {other}; so far apart by chance: {labelled['probability']:.2g}"
        )
    else:
        lines.append("  too few realised prices to say which is nearer to them")
    return lines
