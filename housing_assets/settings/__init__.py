"""``pipeline.yaml`` as typed, validated objects.

A module a group of stages holds the sections; this one puts them together and reads the file. What is allowed is said
here, what is set is said in ``pipeline.yaml``, and nowhere is a default hidden.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import Field, ValidationError

from housing_assets.errors import ExpectedError
from housing_assets.settings.data import ImputationSettings, RawSettings, SplitSettings
from housing_assets.settings.faults import explain_faults
from housing_assets.settings.features import ClusterSettings, FeatureSettings
from housing_assets.settings.models import (
    CandidateSettings,
    EvaluationSettings,
    SweepSettings,
    TrainingSettings,
    ValidationSettings,
)
from housing_assets.settings.monitoring import MonitoringSettings
from housing_assets.settings.operations import (
    AutomationSettings,
    ComputeSettings,
    DriftSettings,
    GateSettings,
    RegistrySettings,
    TrackingSettings,
)
from housing_assets.settings.section import Section
from housing_assets.settings.serving import ServingSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

PIPELINE_FILE = Path(__file__).parent.parent / "pipeline.yaml"

SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""That in C, where it was built, is ten times as fast."""


class SettingsError(ExpectedError, ValueError):
    """Every fault of the settings at once, each with its path, its value and what is allowed."""


class Settings(Section):
    """All sections of ``pipeline.yaml``."""

    raw: RawSettings = Field(description="where the raw file comes from")
    split: SplitSettings = Field(description="which rows are held out for the one final test")
    imputation: ImputationSettings = Field(description="how gaps in total_bedrooms are filled")
    clusters: ClusterSettings = Field(description="clusters of places, as features")
    features: FeatureSettings = Field(
        description="families of features; raw columns and ocean proximity are always there"
    )
    validation: ValidationSettings = Field(
        description="cross-validation on the training rows, shared by candidates, sweep and intervals"
    )
    candidates: CandidateSettings = Field(
        description="algorithms, each with a grid of parameters, null to leave it out; blend: of all the others"
    )
    sweep: SweepSettings = Field(
        description="method, metric, early_terminate and spaces speak Weights & Biases' sweep configuration"
    )
    training: TrainingSettings = Field(description="the last fit, on all training rows")
    evaluation: EvaluationSettings = Field(description="the test rows, scored once")
    gates: GateSettings = Field(
        description="what each asset must meet. A number blocks: a value that fails it is never used. "
        "{warn: number} only warns. A gate whose threshold is removed fails."
    )
    registry: RegistrySettings = Field(description="the MLflow model registry")
    tracking: TrackingSettings = Field(
        description="MLflow runs and Weights & Biases; never decides a result, never stops a run"
    )
    compute: ComputeSettings = Field(description="how, not what: never part of a fingerprint")
    drift: DriftSettings = Field(
        description="how far a new file is from the training rows; its thresholds are in gates"
    )
    automation: AutomationSettings = Field(description="what happens without a person; never decides a result")
    serving: ServingSettings = Field(description="prices for whoever asks; never decides a result")
    monitoring: MonitoringSettings = Field(description="what was answered, how good it was, and what follows from it")


def load_settings(overrides: Mapping[str, Any] | None = None, path: Path = PIPELINE_FILE) -> Settings:
    """Read ``path``, lay ``overrides`` (same shape, any part of it) over it, and validate.

    Raises:
        SettingsError: naming each wrong key, type or range.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=SAFE_LOADER)  # noqa: S506
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}): restore it with git checkout") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not text in UTF-8, at byte {error.start}: save it as UTF-8") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{path} is not YAML, {yaml_fault(error)}") from None
    if not isinstance(content, dict):
        raise SettingsError(f"{path}: expected sections, found {type(content).__name__}")
    try:
        return Settings.model_validate(merge_settings(content, overrides or {}))
    except ValidationError as error:
        raise SettingsError(explain_faults(error, path)) from None


def yaml_fault(error: yaml.YAMLError) -> str:
    """Where and what it is, without the line itself: it may be that of an address with a password."""
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "at an unknown place"
    return f"{place}: {problem or getattr(error, 'reason', type(error).__name__)}"


def merge_settings(base: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``overrides`` laid over it: mappings merge key by key, all else replaces.

    A constant of a search space, ``{value: 300}``, is no mapping here: a range takes its place, and it that of a range.
    """
    result = dict(base)
    for key, value in overrides.items():
        merges = is_mapping(value) and is_mapping(result.get(key))
        result[key] = merge_settings(result[key], value) if merges else value
    return result


def is_mapping(content: Any) -> bool:
    return isinstance(content, dict) and content.keys() != {"value"}
