"""The executors of the settings. A run of the multiprocess one is in ``test_end_to_end``."""

from __future__ import annotations

import dagster as dg
import pytest
from dagster_k8s.job import UserDefinedDagsterK8sConfig

from housing_assets.deployment.executors import container, step_executor
from housing_assets.settings import load_settings
from housing_assets.settings.operations import ComputeSettings, PodSettings


def compute(**values: object) -> ComputeSettings:
    return load_settings({"compute": values}).compute


@pytest.mark.parametrize(
    ("setting", "name"), [("in_process", "in_process"), ("multiprocess", "multiprocess"), ("kubernetes", "k8s")]
)
def test_the_setting_names_the_executor(setting: str, name: str):
    assert step_executor(compute(executor=setting)).name == name


def test_a_run_may_ask_for_another_one():
    assert step_executor(compute(executor="kubernetes"), "in_process").name == "in_process"


def test_dagster_takes_the_pods_as_they_are_configured():
    """The definition is bound to its configuration, which Dagster validates against its own schema."""

    @dg.job(executor_def=step_executor(compute(executor="kubernetes")))
    def job() -> None: ...

    found = dg.validate_run_config(job)
    (config,) = found["execution"].values()
    assert config["max_concurrent"] == 4
    given = container(PodSettings(cpu="2", memory="4Gi"))["container_config"]
    assert config["per_step_k8s_config"]["sweep_results"]["container_config"] == given


def test_a_pod_asks_for_as_much_as_it_may_use():
    taken = UserDefinedDagsterK8sConfig.from_dict(dict(container(PodSettings(cpu="500m", memory="2Gi"))))
    resources = taken.container_config["resources"]
    assert resources == {side: {"cpu": "500m", "memory": "2Gi"} for side in ("requests", "limits")}


def test_a_pod_of_no_step_is_a_fault_of_the_settings():
    with pytest.raises(ValueError, match=r"no such step: swep_results; there are .*sweep_results"):
        compute(pods={"swep_results": {"cpu": "1", "memory": "1Gi"}})


@pytest.mark.parametrize("pod", [{"cpu": "1.5", "memory": "1Gi"}, {"cpu": "1", "memory": "1 GB"}])
def test_a_size_that_kubernetes_would_refuse_is_a_fault_of_the_settings(pod: dict[str, str]):
    with pytest.raises(ValueError, match=r"compute\.pods"):
        compute(pods={"default": pod})
