"""Sections of gates, registry, tracking, computing, drift and automation."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from housing_assets.domain.gates.catalogue import threshold_names
from housing_assets.domain.gates.verdicts import Threshold
from housing_assets.settings.section import Section

Alias = Annotated[str, Field(pattern=r"^[A-Za-z_\-]+$")]
"""Letters only, because MLflow keeps `v1`, `v2`, ... for itself."""

Cron = Annotated[str, Field(pattern=r"^\S+( \S+){4}$")]
"""Minute, hour, day of the month, month, day of the week."""

Url = Annotated[str, Field(pattern=r"^https?://.*[^/]$")]

Limit = Annotated[float, Field(allow_inf_nan=False)]


class WarnOnly(Section):
    """A threshold that only warns."""

    warn: Limit


AssetGates = dict[str, Limit | WarnOnly | None]


class GateSettings(Section):
    """Thresholds by asset and gate: a number blocks, ``{warn: number}`` warns.

    A threshold that is not there, or null, is allowed: its gate fails, which is safer than a file that cannot be read.
    A name that no gate has is a fault.
    """

    decides_results: ClassVar[bool] = False

    raw_housing: AssetGates
    imputation_comparison: AssetGates
    imputer: AssetGates
    imputed_housing: AssetGates
    cluster_search: AssetGates
    feature_builder: AssetGates
    housing_features: AssetGates
    train_set: AssetGates
    test_set: AssetGates
    candidate_models: AssetGates
    sweep_results: AssetGates
    trained_model: AssetGates
    model_evaluation: AssetGates
    drift_report: AssetGates
    predictions: AssetGates
    prediction_log: AssetGates
    live_drift: AssetGates
    live_performance: AssetGates

    @field_validator("*")
    @classmethod
    def only_known_gates(cls, value: AssetGates, info: ValidationInfo) -> AssetGates:
        known = threshold_names(info.field_name or "")
        if unknown := sorted(set(value) - known):
            raise ValueError(f"no such gate: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        return value

    def thresholds(self, asset: str) -> dict[str, Threshold]:
        """The thresholds of ``asset`` for ``gates.judge``; empty for an asset without gates."""
        entries: AssetGates = getattr(self, asset, {})
        return {name: threshold_of(entry) for name, entry in entries.items() if entry is not None}


def threshold_of(entry: float | WarnOnly) -> Threshold:
    if isinstance(entry, WarnOnly):
        return Threshold(entry.warn, blocking=False)
    return Threshold(entry)


class RegistrySettings(Section):
    inert: ClassVar[frozenset[str]] = frozenset({"timeout_seconds", "retries"})

    model_name: str = Field(pattern=r"^[\w\-. ]+$", description="under which versions are registered")
    candidate_alias: Alias = Field(description="moved to every newly registered version")
    production_alias: Alias = Field(description="moved by `housing promote` and `housing rollback` alone")
    automatic_promotion: bool = Field(
        description="true: a version whose blocking gates all pass, also against production, is promoted at once"
    )
    timeout_seconds: int = Field(ge=1, description="for one answer of a remote MLflow server, uploads included")
    retries: int = Field(ge=0, le=10, description="of one request that failed for a passing reason")


class TrackingSettings(Section):
    decides_results: ClassVar[bool] = False

    experiment: str = Field(min_length=1, description="the MLflow experiment")
    mlflow_url: Url = Field(description="where links lead when MLflow is a local file: `mlflow ui` listens there")
    dagster_url: Url = Field(description="where links from MLflow and W&B lead: `dagster dev` listens there")
    timeout_seconds: int = Field(ge=1, description="a service that answers later counts as down")
    retries: int = Field(ge=0, le=10, description="of one request, before a warning is logged")
    pause_seconds: float = Field(ge=0, description="after that, the service is left alone for so long")
    wandb: bool = Field(description="false: MLflow alone")
    wandb_project: str = Field(min_length=1, description="where W&B keeps runs and sweeps")
    wandb_entity: str | None = Field(description="null: the default entity of the key")
    wandb_keep_days: float | None = Field(
        ge=0, description="`housing gc` removes local folders of W&B runs that are older; null: none"
    )
    log_keep_days: float | None = Field(ge=0, description="and logs of runs that are older; null: none")
    sweep_poll_seconds: float = Field(
        gt=0, description="with sweep.engine wandb, an agent asks so often for its next trial, or for a stop"
    )
    sweep_wait_seconds: float = Field(gt=0, description="and gives up when W&B is silent for so long")


DEFAULT = "default"
"""What the pods of all other steps get."""


class PodSettings(Section):
    """What Kubernetes gives to the pod of a step."""

    cpu: str = Field(pattern=r"^[1-9]\d*m?$", description="CPUs, or thousandths of one as 500m")
    memory: str = Field(pattern=r"^[1-9]\d*(Mi|Gi)$", description="as 2Gi")


class ComputeSettings(Section):
    decides_results: ClassVar[bool] = False

    executor: Literal["in_process", "multiprocess", "kubernetes"] = Field(
        description="of steps; multiprocess: a process each; kubernetes: a pod each. Read when loaded"
    )
    pods: dict[str, PodSettings] = Field(
        description="with executor kubernetes, what the pod of a step gets; default: that of all others"
    )
    pods_at_once: int = Field(ge=1, description="of one run")
    workers: int = Field(ge=1, description="fits side by side, one thread each")
    backend: Literal["local", "dask"] = Field(
        description="local: processes of this machine; dask: the cluster at dask_address"
    )
    dask_address: str | None = Field(description="tcp://host:8786")
    dask_seconds: float = Field(gt=0, description="scheduler and first worker that answer later count as down")

    @field_validator("pods")
    @classmethod
    def _of_known_steps(cls, value: dict[str, PodSettings]) -> dict[str, PodSettings]:
        known = {*GateSettings.model_fields, "registered_model", DEFAULT}
        if unknown := sorted(set(value) - known):
            raise ValueError(f"no such step: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        return value

    @model_validator(mode="after")
    def _has_address(self) -> Self:
        if self.backend == "dask" and not self.dask_address:
            raise ValueError("dask_address: null; backend dask needs the address of a scheduler, as tcp://host:8786")
        return self


class DriftSettings(Section):
    bins: int = Field(ge=2, description="equally filled parts of each numeric column that the stability index compares")
    smallest_share: float = Field(gt=0, lt=1, description="an empty part counts as this share of the rows")


class AutomationSettings(Section):
    decides_results: ClassVar[bool] = False

    inbox_seconds: int = Field(
        ge=5, description="between two looks into the inbox; a file counts when two looks find it the same"
    )
    quiet_seconds: float = Field(ge=0, description="and so long after the first of them, because an upload may pause")
    step_retries: int = Field(
        ge=0, le=10, description="of a step that failed for a passing reason, such as a storage that answers 503"
    )
    retry_seconds: float = Field(ge=0, description="before the first retry; twice as long before each further one")
    run_retries: int = Field(ge=0, le=10, description="of a run whose process died")
    retrain_schedule: Cron = Field(
        description="UTC: minute, hour, day of the month, month, day of the week. Off until switched on"
    )
    freshness_schedule: Cron = Field(description="the same")
    fresh_days: float = Field(gt=0, description="since the last run that got to the registry; older warns")
    webhook_seconds: float = Field(gt=0, description="for one alert to reach HOUSING_WEBHOOK_URL")
