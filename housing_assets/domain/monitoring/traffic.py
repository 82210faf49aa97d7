"""How many asked, how fast they were answered, and how often not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

SERVER_ERROR, REFUSAL = 500, 400
HOUR = 3600


def traffic(requests: pd.DataFrame, rows: pd.DataFrame) -> dict[str, Any]:
    """Counts and shares of one day; ``answers`` is not there for a day without requests.

    Args:
        requests: ``time`` and ``seconds``, ``status``, ``source``.
        rows: priced ones: ``flags``, ``total_bedrooms``, ``version``, ``longitude`` (a gap where inputs are not kept).
    """
    found: dict[str, Any] = {"requests": len(requests), "rows": len(rows)}
    if not len(requests):
        return found
    known = rows[rows["longitude"].notna()]
    found["answers"] = {
        "rows": len(requests),
        "error_share": float((requests["status"] >= SERVER_ERROR).mean()),
        "refused_share": float(requests["status"].between(REFUSAL, SERVER_ERROR - 1).mean()),
        "p50_seconds": float(requests["seconds"].quantile(0.5)),
        "p99_seconds": float(requests["seconds"].quantile(0.99)),
        "flagged_share": float((rows["flags"] != "").mean()) if len(rows) else 0.0,
        "gap_share": float(known["total_bedrooms"].isna().mean()) if len(known) else 0.0,
    }
    found["sources"] = {str(name): int(count) for name, count in requests["source"].value_counts().items()}
    found["versions"] = {str(version): int(count) for version, count in rows["version"].value_counts().items()}
    return found


def hours(requests: pd.DataFrame) -> pd.DataFrame:
    """One row an hour with requests: ``hour`` of the day, ``requests``, ``errors``, ``p50`` and ``p99`` seconds."""
    hour = ((requests["time"] // HOUR) % 24).astype(int)
    by_hour = requests.groupby(hour.rename("hour"))
    return by_hour.agg(
        requests=("seconds", "size"),
        errors=("status", lambda status: int((status >= SERVER_ERROR).sum())),
        p50=("seconds", "median"),
        p99=("seconds", lambda seconds: seconds.quantile(0.99)),
    ).reset_index()
