"""All trackers behind one door: an asset logs once, and a tracker that is down costs a warning, never the run."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import dagster as dg
from pydantic import PrivateAttr

from housing_assets.tracking.mlflow_tracking import MlflowTracking
from housing_assets.tracking.wandb_tracking import WandbTracking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from logging import Logger


class ServiceRun(Protocol):
    """What a tracking service gives for one asset."""

    def log(self, params: Mapping[str, Any], metrics: Mapping[str, Any], figures: Mapping[str, bytes]) -> None: ...

    def links(self) -> dict[str, str]: ...

    def end(self, *, succeeded: bool) -> None: ...


class Service(Protocol):
    """A tracking service."""

    @property
    def name(self) -> str: ...

    def start(self, run_id: str, asset: str) -> ServiceRun: ...


class Guard:
    """Runs calls to services; a service that failed is left alone for ``pause_seconds``."""

    def __init__(self, pause_seconds: float) -> None:
        self.pause_seconds = pause_seconds
        self._resumes: dict[str, float] = {}

    def rests(self, name: str) -> bool:
        return time.monotonic() < self._resumes.get(name, 0.0)

    def call(self, name: str, log: Logger, action: Callable[[], Any]) -> tuple[bool, Any]:
        """Whether ``action`` succeeded, and its result."""
        try:
            return True, action()
        # No failure of a tracker, of whatever kind, may fail the run.
        except Exception as error:
            self._resumes[name] = time.monotonic() + self.pause_seconds
            log.warning(
                "%s is not tracking this asset: %s: %s. The run goes on; next attempt in %g s.",
                name,
                type(error).__name__,
                error,
                self.pause_seconds,
            )
            return False, None


@dataclass
class AssetRun:
    """The runs of one asset with every service that answers."""

    runs: dict[str, ServiceRun]
    guard: Guard
    logger: Logger

    def log(
        self,
        params: Mapping[str, Any] | None = None,
        metrics: Mapping[str, Any] | None = None,
        figures: Mapping[str, bytes] | None = None,
    ) -> None:
        """Log settings, nested measurements (numbers and text), and PNG figures by name."""
        self._each(lambda run: run.log(params or {}, metrics or {}, figures or {}))

    def links(self) -> dict[str, str]:
        """Where the asset's runs are, for the metadata of its materialization."""
        return {name: link for run in self.runs.values() for name, link in run.links().items()}

    def end(self, *, succeeded: bool) -> None:
        self._each(lambda run: run.end(succeeded=succeeded))

    def _each(self, action: Callable[[ServiceRun], None]) -> None:
        for name, run in list(self.runs.items()):
            succeeded, _ = self.guard.call(name, self.logger, lambda run=run: action(run))  # type: ignore[misc]
            if not succeeded:
                del self.runs[name]


class Tracker(dg.ConfigurableResource):  # type: ignore[type-arg]
    """MLflow and Weights & Biases; ``wandb: false`` leaves the second out."""

    mlflow_tracking: MlflowTracking
    wandb_tracking: WandbTracking
    wandb: bool
    pause_seconds: float

    _guard: Guard | None = PrivateAttr(default=None)

    @contextmanager
    def track(self, run_id: str, asset: str, log: Logger) -> Iterator[AssetRun]:
        """The runs of ``asset`` in the Dagster run ``run_id``: FAILED if the body raises, FINISHED otherwise."""
        asset_run = AssetRun(self._started(run_id, asset, log), self._guarded(), log)
        try:
            yield asset_run
        except BaseException:
            asset_run.end(succeeded=False)
            raise
        asset_run.end(succeeded=True)

    def _services(self) -> list[Service]:
        return [self.mlflow_tracking, self.wandb_tracking] if self.wandb else [self.mlflow_tracking]

    def _guarded(self) -> Guard:
        if self._guard is None:
            self._guard = Guard(self.pause_seconds)
        return self._guard

    def _started(self, run_id: str, asset: str, log: Logger) -> dict[str, ServiceRun]:
        guard, runs = self._guarded(), {}
        for service in self._services():
            if guard.rests(service.name):
                continue
            succeeded, run = guard.call(
                service.name,
                log,
                lambda service=service: service.start(run_id, asset),  # type: ignore[misc]
            )
            if succeeded:
                runs[service.name] = run
        return runs
