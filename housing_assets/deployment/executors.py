"""What executes the steps of a run: one process, a process each, or a pod each.

Whichever it is, steps share nothing but the store, Dagster's database and MLflow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.settings.operations import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.settings.operations import ComputeSettings, PodSettings

IMPORTS = ["housing_assets.assets", "housing_assets.estimators", "skops.io", "dagster_gcp", "matplotlib.pyplot"]
FORKED = {"start_method": {"forkserver": {"preload_modules": IMPORTS}}}
"""The process of a step is a fork of one that has imported what all of them need, as far as it is installed."""


def step_executor(compute: ComputeSettings, name: str | None = None) -> dg.ExecutorDefinition:
    """The executor that ``name``, or else the settings, ask for."""
    match name or compute.executor:
        case "in_process":
            return dg.in_process_executor
        case "multiprocess":
            return dg.multiprocess_executor.configured(FORKED)
        case _:
            return pod_executor(compute)


def pod_executor(compute: ComputeSettings) -> dg.ExecutorDefinition:
    """A pod for each step. Image, namespace and secrets are those of the instance's run launcher."""
    from dagster_k8s import k8s_job_executor

    each = {name: container(pod) for name, pod in compute.pods.items()}
    return k8s_job_executor.configured(
        {"max_concurrent": compute.pods_at_once, "step_k8s_config": each.pop(DEFAULT, {}), "per_step_k8s_config": each}
    )


def container(pod: PodSettings) -> Mapping[str, Any]:
    """``dagster_k8s``' configuration of a container that asks for as much as it may use."""
    resources = {"cpu": pod.cpu, "memory": pod.memory}
    return {"container_config": {"resources": {"requests": resources, "limits": resources}}}
