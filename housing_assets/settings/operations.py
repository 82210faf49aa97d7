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

    model_name: Annotated[str, Field(pattern=r"^[\w\-. ]+$")]
    candidate_alias: Alias
    production_alias: Alias
    automatic_promotion: bool
    timeout_seconds: Annotated[int, Field(ge=1)]
    retries: Annotated[int, Field(ge=0, le=10)]


class TrackingSettings(Section):
    decides_results: ClassVar[bool] = False

    experiment: Annotated[str, Field(min_length=1)]
    mlflow_url: Url
    dagster_url: Url
    timeout_seconds: Annotated[int, Field(ge=1)]
    retries: Annotated[int, Field(ge=0, le=10)]
    pause_seconds: Annotated[float, Field(ge=0)]
    wandb: bool
    wandb_project: Annotated[str, Field(min_length=1)]
    wandb_entity: str | None
    sweep_poll_seconds: Annotated[float, Field(gt=0)]
    sweep_wait_seconds: Annotated[float, Field(gt=0)]


class ComputeSettings(Section):
    decides_results: ClassVar[bool] = False

    executor: Literal["in_process", "multiprocess"]
    workers: Annotated[int, Field(ge=1)]
    backend: Literal["local", "dask"]
    dask_address: str | None
    dask_seconds: Annotated[float, Field(gt=0)]

    @model_validator(mode="after")
    def _has_address(self) -> Self:
        if self.backend == "dask" and not self.dask_address:
            raise ValueError("dask_address: null; backend dask needs the address of a scheduler, as tcp://host:8786")
        return self


class DriftSettings(Section):
    bins: Annotated[int, Field(ge=2)]
    smallest_share: Annotated[float, Field(gt=0, lt=1)]


class AutomationSettings(Section):
    decides_results: ClassVar[bool] = False

    inbox_seconds: Annotated[int, Field(ge=5)]
    quiet_seconds: Annotated[float, Field(ge=0)]
    step_retries: Annotated[int, Field(ge=0, le=10)]
    retry_seconds: Annotated[float, Field(ge=0)]
    run_retries: Annotated[int, Field(ge=0, le=10)]
    retrain_schedule: Cron
    freshness_schedule: Cron
    fresh_days: Annotated[float, Field(gt=0)]
    webhook_seconds: Annotated[float, Field(gt=0)]
