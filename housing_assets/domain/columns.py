"""Columns given by name for a frame, by position for an array: how our transformers accept both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def positions(columns: Sequence[str | int], estimator: Any) -> list[int]:
    """Where ``columns`` are in what ``estimator`` was fitted on.

    Raises:
        ValueError: naming all columns that are not there, and those that are.
    """
    names = [str(name) for name in getattr(estimator, "feature_names_in_", range(estimator.n_features_in_))]
    return positions_among(columns, names, type(estimator).__name__)


def positions_among(columns: Sequence[str | int], names: Sequence[str], owner: str) -> list[int]:
    """The same among ``names``; ``owner`` is who asks."""
    absent = [column for column in columns if not _is_there(column, names)]
    if absent:
        listed = f"{', '.join(names)} (n_features = {len(names)})"
        raise ValueError(f"{owner} needs the columns {', '.join(map(repr, absent))}; found {listed}")
    return [names.index(column) if isinstance(column, str) else int(column) for column in columns]


def _is_there(column: str | int, names: Sequence[str]) -> bool:
    return column in names if isinstance(column, str) else 0 <= column < len(names)
