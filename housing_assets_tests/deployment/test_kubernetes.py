"""The files for Kubernetes, held against its own schema, Dagster's own models, and what the project promises."""

from __future__ import annotations

import copy
import re
import warnings
from typing import Any

import kubernetes
import kubernetes_validate
import pytest
import yaml
from click.testing import CliRunner
from dagster._config import process_config, resolve_to_config_type
from dagster_gcp.gcs.compute_log_manager import GCSComputeLogManager
from dagster_k8s import K8sRunLauncher
from dagster_k8s.job import DagsterK8sJobConfig, UserDefinedDagsterK8sConfig, construct_dagster_k8s_job

from housing_assets.cli import main
from housing_assets.deployment.executors import container
from housing_assets.settings import load_settings
from housing_assets_tests.conftest import ROOT

FOLDER = ROOT / "housing_assets" / "deployment" / "kubernetes"
KUSTOMIZATION = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
MANIFESTS = {
    f"{file}: {document['kind']} {document['metadata']['name']}": document
    for file in KUSTOMIZATION["resources"]
    for document in yaml.safe_load_all((FOLDER / file).read_text())
}
DEPLOYMENTS = {name: each for name, each in MANIFESTS.items() if each["kind"] == "Deployment"}
VALUES = yaml.safe_load((FOLDER / "dagster-values.yaml").read_text())


def faults(document: Any) -> list[str]:
    """What is wrong with a manifest, by the newest schema."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of the library's own imports
            kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
    except kubernetes_validate.ValidationError as error:
        return [str(error.message)]
    return []


@pytest.mark.parametrize("name", MANIFESTS)
def test_kubernetes_takes_it(name: str):
    assert faults(MANIFESTS[name]) == []


def test_a_misspelled_field_is_seen():
    planted = copy.deepcopy(next(iter(DEPLOYMENTS.values())))
    planted["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    assert "livenesProbe" in faults(planted)[0]


def of(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    pod = DEPLOYMENTS[name]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    return pod, container


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_nobody_in_it_is_root_or_writes_to_its_root(name: str):
    pod, container = of(name)
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_it_is_probed_and_has_limits(name: str):
    _, container = of(name)
    assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container)
    assert container["resources"]["limits"]["memory"] == container["resources"]["requests"]["memory"]


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_its_command_is_one_of_ours(name: str):
    program, command, *options = of(name)[1]["args"]
    assert program == "housing"
    shown = CliRunner().invoke(main, [command, *options, "--help"])
    assert shown.exit_code == 0, shown.output
    assert all(option in shown.output for option in options if option.startswith("--"))


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_it_has_a_service_a_budget_and_a_policy(name: str):
    label = DEPLOYMENTS[name]["metadata"]["name"]
    kinds = {each["kind"] for each in MANIFESTS.values() if each["metadata"]["name"] == label}
    assert {"Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy"} <= kinds


def test_what_people_ask_scales():
    targets = {
        each["spec"]["scaleTargetRef"]["name"]
        for each in MANIFESTS.values()
        if each["kind"] == "HorizontalPodAutoscaler"
    }
    assert targets == {"api", "page"}


def test_every_image_is_one_that_is_built_and_given_by_digest():
    targets = set(re.findall(r"^FROM .* AS (\w+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    used = {of(name)[1]["image"] for name in DEPLOYMENTS}
    given = {image["name"] for image in KUSTOMIZATION["images"] if image["digest"].startswith("sha256:")}
    assert used <= given
    assert {image.partition("/")[2] for image in used} <= targets


def test_every_identity_that_is_used_is_there():
    accounts = {each["metadata"]["name"] for each in MANIFESTS.values() if each["kind"] == "ServiceAccount"}
    assert {of(name)[0]["serviceAccountName"] for name in DEPLOYMENTS} | {
        VALUES["global"]["serviceAccountName"]
    } == accounts


def snake_case(value: Any) -> Any:
    """As Dagster's chart hands its values on."""
    if isinstance(value, dict):
        return {re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower(): snake_case(each) for key, each in value.items()}
    return [snake_case(each) for each in value] if isinstance(value, list) else value


def accepted(kind: Any, config: Any) -> dict[str, Any]:
    found = process_config(resolve_to_config_type(kind.config_type()), config)
    assert found.success, found.errors
    value: dict[str, Any] = found.value
    return value


def launcher() -> dict[str, Any]:
    """The configuration of the run launcher, without the instance's files, which the chart adds."""
    given = snake_case(VALUES["runLauncher"]["config"]["k8sRunLauncher"])
    names = ("env_config_maps", "env_secrets")
    given |= {name: [each["name"] for each in given[name]] for name in names}
    return given | {"service_account_name": VALUES["global"]["serviceAccountName"], "instance_config_map": "dagster"}


def test_dagster_takes_the_run_launcher():
    assert accepted(K8sRunLauncher, launcher())["job_namespace"] == "housing"


def test_dagster_takes_the_place_of_the_logs():
    manager = VALUES["computeLogManager"]
    assert manager["type"] == GCSComputeLogManager.__name__
    accepted(GCSComputeLogManager, snake_case(manager["config"]["gcsComputeLogManager"]))


def test_one_run_at_a_time_and_a_dead_run_is_noticed():
    daemon = VALUES["dagsterDaemon"]
    assert daemon["runCoordinator"]["config"]["queuedRunCoordinator"] == {"maxConcurrentRuns": 1}
    assert daemon["runMonitoring"]["enabled"]
    assert daemon["runRetries"]["enabled"]


def test_the_pod_of_a_heavy_step_is_one_that_kubernetes_takes():
    """As the executor makes it: the launcher's configuration with the step's resources over it."""
    given = launcher()
    heavy = load_settings().compute.pods["sweep_results"]
    run = UserDefinedDagsterK8sConfig.from_dict(given["run_k8s_config"])
    step = UserDefinedDagsterK8sConfig.from_dict(dict(container(heavy)))
    merged = UserDefinedDagsterK8sConfig.from_dict(
        run.to_dict() | {"container_config": dict(run.container_config) | dict(step.container_config)}
    )
    config = DagsterK8sJobConfig(
        job_image="housing_assets/pipeline",
        dagster_home="/opt/dagster/dagster_home",
        instance_config_map="dagster",
        env_config_maps=given["env_config_maps"],
        env_secrets=given["env_secrets"],
    )
    job = construct_dagster_k8s_job(
        config, args=["dagster", "api", "execute_step"], job_name="step", user_defined_k8s_config=merged
    )
    made = kubernetes.client.ApiClient().sanitize_for_serialization(job)
    assert faults({"apiVersion": "batch/v1", "kind": "Job", **made}) == []
    (only,) = made["spec"]["template"]["spec"]["containers"]
    assert only["resources"]["limits"] == {"cpu": heavy.cpu, "memory": heavy.memory}
    assert only["securityContext"]["readOnlyRootFilesystem"]
