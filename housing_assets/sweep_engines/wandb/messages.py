"""What is said between this process and the agents of a W&B sweep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Plan:
    """A sweep in W&B's vocabulary, and how its trials are run; ``environment`` configures W&B."""

    configuration: Mapping[str, Any]
    prior_runs: tuple[str, ...]
    folds: int
    project: str
    entity: str | None
    poll_seconds: float
    environment: Mapping[str, str]


class Opened(NamedTuple):
    """The sweep exists; other agents may join it."""

    sweep: str


class Began(NamedTuple):
    trial: str
    params: dict[str, Any]
    url: str


class Asked(NamedTuple):
    """The score of a fold is wanted, as ``Scored``."""

    trial: str
    fold: int


class Scored(NamedTuple):
    """``score``: the ten metrics, or the text of the error that there was instead."""

    trial: str
    fold: int
    score: dict[str, float] | str


class Ended(NamedTuple):
    """``state``: COMPLETE, PRUNED or FAIL."""

    trial: str
    state: str


class Broken(NamedTuple):
    reason: str
