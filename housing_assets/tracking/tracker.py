"""All trackers behind one door: an asset logs once, and a tracker that is down costs a warning, never the run."""

from __future__ import annotations

import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import dagster as dg
from pydantic import PrivateAttr

from housing_assets.tracking.mlflow_database import MlflowDatabaseError
from housing_assets.tracking.mlflow_runs import MlflowTracking
from housing_assets.tracking.mlflow_server import MlflowServer
from housing_assets.tracking.wandb_runs import WandbTracking
from housing_assets.tracking.wandb_settings import disabled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from logging import Logger

    from housing_assets.settings.operations import TrackingSettings


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
    """Runs calls to services; a service that failed is left alone for a while."""

    def __init__(self) -> None:
        self._resumes: dict[str, float] = {}

    def rests(self, name: str) -> bool:
        return time.monotonic() < self._resumes.get(name, 0.0)

    def call(self, name: str, pause_seconds: float, log: Logger, action: Callable[[], Any]) -> tuple[bool, Any]:
        """Whether ``action`` succeeded, and its result. After a failure, ``name`` rests for ``pause_seconds``."""
        try:
            return True, action()
        except MlflowDatabaseError:
            raise  # the registry is in it, too: the run would compute everything and fail at its end
        # No other failure of a tracker, of whatever kind, may fail the run.
        except Exception as error:
            self._resumes[name] = time.monotonic() + pause_seconds
            reason = f"{type(error).__name__}: {error}"
            log.warning(f"{name} is not tracking this asset, and is left alone for {pause_seconds:g} s. {reason}")
            return False, None


class AssetRun:
    """The runs of one asset with every service that answers."""

    def __init__(self, guard: Guard, pause_seconds: float, logger: Logger) -> None:
        self.runs: dict[str, ServiceRun] = {}
        self._guard = guard
        self._pause_seconds = pause_seconds
        self._logger = logger

    def start(self, service: Service, run_id: str, asset: str) -> None:
        """Open the run of ``service``, unless it rests after a failure."""
        if self._guard.rests(service.name):
            return
        succeeded, run = self._call(service.name, lambda: service.start(run_id, asset))
        if succeeded:
            self.runs[service.name] = run

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
            succeeded, _ = self._call(name, partial(action, run))
            if not succeeded:
                del self.runs[name]

    def _call(self, name: str, action: Callable[[], Any]) -> tuple[bool, Any]:
        return self._guard.call(name, self._pause_seconds, self._logger, action)


class Tracker(dg.ConfigurableResource):  # type: ignore[type-arg]
    """MLflow and Weights & Biases. Nothing is imported, opened or contacted before an asset is tracked.

    ``offline_folder`` is where W&B runs go while there is no key.
    """

    server: MlflowServer
    offline_folder: str

    _guard: Guard = PrivateAttr(default_factory=Guard)

    @classmethod
    def below(cls, home: Path, server: MlflowServer) -> Tracker:
        """Offline runs below ``home``, MLflow's at ``server``."""
        return cls(server=server, offline_folder=str(home.absolute()))

    @contextmanager
    def track(self, run_id: str, asset: str, log: Logger, settings: TrackingSettings) -> Iterator[AssetRun]:
        """The runs of ``asset`` in the Dagster run ``run_id``: FAILED if the body raises, FINISHED otherwise."""
        asset_run = AssetRun(self._guard, settings.pause_seconds, log)
        for service in self._services(settings):
            asset_run.start(service, run_id, asset)
        try:
            yield asset_run
        except BaseException:
            asset_run.end(succeeded=False)
            raise
        asset_run.end(succeeded=True)

    def _services(self, settings: TrackingSettings) -> list[Service]:
        services: list[Service] = [MlflowTracking(self.server, settings)]
        if settings.wandb and not disabled():
            services.append(WandbTracking(Path(self.offline_folder), settings))
        return services
