"""``compose.yaml``: its promises. That it starts is shown by ``make images-check``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from housing_assets.deployment.random_secrets import make_secrets
from housing_assets.deployment.secret_files import SECRETS
from housing_assets_tests.conftest import ROOT
from housing_assets_tests.delivery.composition import FILE, Service, composition, in_order, services

if TYPE_CHECKING:
    from pathlib import Path

ALL = services()
OURS = {name: service for name, service in ALL.items() if service.target}


@pytest.mark.parametrize("service", ALL.values(), ids=ALL)
def test_ports_are_of_this_machine_alone(service: Service):
    assert all(port.startswith("127.0.0.1:") for port in service.description.get("ports", []))


@pytest.mark.parametrize("service", ALL.values(), ids=ALL)
def test_a_service_waits_until_what_it_needs_is_healthy(service: Service):
    assert set(service.needs.values()) <= {"service_healthy"}
    assert all(ALL[name].health_check for name in service.needs)


def test_services_can_be_put_in_order():
    assert next(service.name for service in in_order(ALL)) == "postgres"


@pytest.mark.parametrize("service", OURS.values(), ids=OURS)
def test_our_containers_may_little(service: Service):
    described = service.description
    assert (described["user"], described["read_only"], described["cap_drop"]) == ("1000:0", True, ["ALL"])


@pytest.mark.parametrize("service", OURS.values(), ids=OURS)
def test_no_secret_is_in_the_environment(service: Service):
    assert not set(SECRETS) - {"MLFLOW_TRACKING_URI"} & service.description.get("environment", {}).keys()


@pytest.mark.parametrize("service", ALL.values(), ids=ALL)
def test_files_of_secrets_are_mounted(service: Service):
    environment = service.description.get("environment", {})
    named = {path.removeprefix("/run/secrets/") for path in environment.values() if path.startswith("/run/secrets/")}
    assert named <= set(service.description.get("secrets", []))


def test_make_secrets_makes_what_is_needed(tmp_path: Path):
    make_secrets(tmp_path)
    files = {each["file"] for each in composition()["secrets"].values()}
    assert files == {f".secrets/{file.name}" for file in tmp_path.iterdir()}


def test_every_named_volume_is_used():
    used = {place.split(":")[0] for each in ALL.values() for place in each.description.get("volumes", [])}
    assert {place for place in used if not place.startswith(".")} == composition()["volumes"].keys()


def test_files_that_are_mounted_are_there():
    used = {place.split(":")[0] for each in ALL.values() for place in each.description.get("volumes", [])}
    assert all((ROOT / place).exists() for place in used if place.startswith("."))


def code_locations() -> list[dict[str, Any]]:
    file = ROOT / "housing_assets/deployment/containers/workspace.yaml"
    return [each["grpc_server"] for each in yaml.safe_load(file.read_text())["load_from"]]


@pytest.mark.parametrize("location", code_locations(), ids=lambda location: location["host"])
def test_a_code_location_is_where_the_workspace_looks(location: dict[str, Any]):
    command = ALL[location["host"]].description["command"]
    assert command[command.index("-p") + 1] == str(location["port"])


def test_containers_have_the_code_locations_of_every_other_start():
    modules = [each["python_module"] for each in yaml.safe_load((ROOT / "workspace.yaml").read_text())["load_from"]]
    commands = [ALL[location["host"]].description["command"] for location in code_locations()]
    assert [(each["module_name"], each["location_name"]) for each in modules] == [
        (command[-1], location["location_name"]) for command, location in zip(commands, code_locations(), strict=True)
    ]


DOCUMENT = (ROOT / "docs/images.md").read_text()


def test_the_document_names_services_that_are_there():
    named = set(re.findall(r"docker compose run --rm (\w+)|docker compose cp \S+ (\w+):", DOCUMENT))
    assert named
    assert {name for pair in named for name in pair if name} <= ALL.keys()


def test_the_document_names_every_variable():
    variables = set(re.findall(r"\$\{(HOUSING_\w+):-", FILE.read_text()))
    built = {"HOUSING_GIT_COMMIT", "HOUSING_VERSION"}
    assert {name for name in variables - built if f"`{name}`" not in DOCUMENT} == set()


def test_the_document_names_every_secret_that_may_be_a_file():
    assert {name for name in SECRETS if name not in DOCUMENT} == set()
