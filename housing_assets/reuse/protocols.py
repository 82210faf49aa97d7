"""What a step asks of those that judge and track its values. Without them it takes ``NoGates`` and ``NoTracker``."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from logging import Logger

    import dagster as dg

    from housing_assets.storage.entry import Entry
    from housing_assets.storage.project import Project


class Gates(Protocol):
    """Judges a stored value by what was measured of it, before it becomes the asset."""

    def specs(self, asset: str) -> Sequence[dg.AssetCheckSpec]:
        """The checks that every materialization of ``asset`` is judged by."""

    def judge(
        self, asset: str, entry: Entry, settings: Any, resources: Mapping[str, Any]
    ) -> Sequence[dg.AssetCheckResult]:
        """One result a check, by today's thresholds. A value with a failed blocking check is rejected."""


class NoGates:
    """Lets everything pass."""

    def specs(self, asset: str) -> Sequence[dg.AssetCheckSpec]:  # noqa: ARG002
        return ()

    def judge(self, *_: Any) -> Sequence[dg.AssetCheckResult]:
        return ()


class TrackerRun(Protocol):
    """What is known of one computation while it goes on."""

    def log(self, params: Mapping[str, Any], metrics: Mapping[str, Any], figures: Mapping[str, bytes], /) -> None:
        """Settings, nested measurements, and PNG images by name."""

    def links(self) -> Mapping[str, str]:
        """Where to look at it, for the metadata of the asset."""


class Tracker(Protocol):
    """Follows computations. It must not raise because a service is down."""

    def track(self, run_id: str, asset: str, log: Logger, section: Any, /) -> AbstractContextManager[TrackerRun]:
        """Around the computation of ``asset`` in a Dagster run; ``section`` is that of ``Project.tracking``."""


class NoTracker:
    """Follows nothing."""

    @contextmanager
    def track(self, *_: Any) -> Iterator[NoTracker]:
        yield self

    def log(self, *_: Any) -> None: ...

    def links(self) -> Mapping[str, str]:
        return {}


def tracker_of(project: Project, resources: Any) -> Tracker:
    """The tracker of ``project`` among the resources of a run."""
    tracker: Tracker = getattr(resources, project.tracker) if project.tracker else NoTracker()
    return tracker
