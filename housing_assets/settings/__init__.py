"""``pipeline.yaml`` as typed, validated objects.

A module a group of stages holds the sections; this one puts them together and reads the file. What is allowed is said
here, what is set is said in ``pipeline.yaml``, and nowhere is a default hidden.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from housing_assets.addresses import public_address
from housing_assets.errors import ExpectedError
from housing_assets.settings.data import ImputationSettings, RawSettings, SplitSettings
from housing_assets.settings.features import ClusterSettings, FeatureSettings
from housing_assets.settings.models import (
    CandidateSettings,
    EvaluationSettings,
    SweepSettings,
    TrainingSettings,
    ValidationSettings,
)
from housing_assets.settings.operations import (
    AutomationSettings,
    ComputeSettings,
    DriftSettings,
    GateSettings,
    RegistrySettings,
    TrackingSettings,
)
from housing_assets.settings.section import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

PIPELINE_FILE = Path(__file__).parent.parent / "pipeline.yaml"


class SettingsError(ExpectedError, ValueError):
    """Every fault of the settings at once, each with its path, its value and what is allowed."""


class Settings(Section):
    """All sections of ``pipeline.yaml``."""

    raw: RawSettings
    split: SplitSettings
    imputation: ImputationSettings
    clusters: ClusterSettings
    features: FeatureSettings
    validation: ValidationSettings
    candidates: CandidateSettings
    sweep: SweepSettings
    training: TrainingSettings
    evaluation: EvaluationSettings
    gates: GateSettings
    registry: RegistrySettings
    tracking: TrackingSettings
    compute: ComputeSettings
    drift: DriftSettings
    automation: AutomationSettings


def load_settings(overrides: Mapping[str, Any] | None = None, path: Path = PIPELINE_FILE) -> Settings:
    """Read ``path``, lay ``overrides`` (same shape, any part of it) over it, and validate.

    Raises:
        SettingsError: naming each wrong key, type or range.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
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
    """``base`` with ``overrides`` laid over it: mappings merge key by key, all else replaces."""
    result = dict(base)
    for key, value in overrides.items():
        both_mappings = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merge_settings(result[key], value) if both_mappings else value
    return result


def explain_faults(error: ValidationError, path: Path) -> str:
    """One line a fault: the path of the key, what is wrong with it, the value found."""
    lines = [
        f"  {'.'.join(map(str, fault['loc']))}: {fault['msg']}{describe_value(fault['input'])}"
        for fault in error.errors(include_url=False)
    ]
    return "\n".join([f"{path.name} and overrides have {len(lines)} fault(s):", *lines])


def describe_value(value: Any) -> str:
    """The faulty value, unless it is a whole section, which its path names already."""
    if isinstance(value, str):
        value = public_address(value)
    return "" if isinstance(value, dict) else f" (found {value!r})"
