"""Trials that an engine other than Optuna asks for, kept as Optuna's, so that a sweep goes on as with Optuna."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from housing_assets.domain.sweep.search_space import SearchSpace


def cast_parameter(space: SearchSpace, values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` without constants, in the types that ``space`` says.

    Whole numbers may come as 12.0, and a draw that was rounded to its q may lie half a step beyond its range.

    Raises:
        KeyError: if a parameter is missing.
        ValueError: for a choice that is none of the parameter's.
    """
    return {
        name: convert_parameters(distribution, values[name]) for name, distribution in space.distributions().items()
    }


def convert_parameters(distribution: Any, value: Any) -> Any:
    if hasattr(distribution, "low"):
        value = min(max(value, distribution.low), distribution.high)
    return distribution.to_external_repr(distribution.to_internal_repr(value))


def build_trial(
    space: SearchSpace, params: Mapping[str, Any], *, values: Sequence[float], state: str, attributes: Mapping[str, Any]
) -> Any:
    """A frozen trial of Optuna's with the metric of each scored fold; ``state``: COMPLETE, PRUNED or FAIL."""
    from optuna.trial import TrialState, create_trial

    return create_trial(
        state=TrialState[state],
        value=float(np.mean(values)) if state == "COMPLETE" else None,
        params=dict(params),
        distributions=space.distributions(),
        intermediate_values={step: float(np.mean(values[:step])) for step in range(1, len(values) + 1)},
        user_attrs={"fold_values": list(values), **attributes},
    )
