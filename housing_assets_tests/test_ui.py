"""Dagster's own UI in a real browser, over the small lineage: what a person sees and clicks."""

from __future__ import annotations

import json
import os
import shutil
import socket
import time
from contextlib import chdir
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from housing_assets.cli.services.supervisor import Service, start_processes, wait_until_ready
from housing_assets.cli.services.up import asked, graphql, program
from housing_assets.domain.gates.catalogue import GATES
from housing_assets_tests.conftest import ROOT
from housing_assets_tests.finished_run import finished, moved
from housing_assets_tests.mlflow_server import mlflow_library
from housing_assets_tests.small_run import ASSETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

__all__ = ["mlflow_library"]

INSTANCE = """
storage: {sqlite: {base_dir: dagster}}
run_coordinator: {module: dagster.core.run_coordinator, class: DefaultRunCoordinator}
telemetry: {enabled: false}
nux: {enabled: false}
"""
"""Runs start at once, while those of the project's own instance wait for the daemon."""

QUIET_BROWSER = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
RUNS = """{ runsOrError { ... on Runs { results {
  status
  stats { ... on RunStatsSnapshot { materializations } }
  assetMaterializations { assetKey { path } metadataEntries { label ... on BoolMetadataEntry { boolValue } } }
} } } }"""
"""All runs, the latest first."""
LAUNCH = """mutation { launchPipelineExecution(executionParams: {
  selector: {pipelineName: "__ASSET_JOB", repositoryName: "__repository__", repositoryLocationName: "LOCATION"}
  runConfigData: CONFIG
}) { __typename } }"""
"""What the Launchpad sends; without a selection of assets it means all of them."""
LOCATION = "housing_assets_tests.small_definitions"
RUN_SECONDS = 240.0


@pytest.fixture(scope="module")
def browser_path() -> str:
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("there is no chromium, which CI has to bring")
    return found or pytest.skip("there is no chromium here")


@pytest.fixture(scope="module")
def webserver(browser_path: str, tmp_path_factory: pytest.TempPathFactory, mlflow_library: None) -> Iterator[str]:
    """The address of Dagster's webserver over a copy of the finished run, whose history is empty."""
    template = finished(tmp_path_factory.getbasetemp())
    home = tmp_path_factory.mktemp("ui") / "home"
    shutil.copytree(template.home, home)
    moved(home / "mlflow.db", template.home, home)
    (home / "dagster.yaml").write_text(INSTANCE)
    service = webserver_on(free_port())
    folders = {"DAGSTER_HOME": str(home), "HOUSING_HOME": str(home), "PYTHONPATH": str(ROOT)}
    with chdir(home), start_processes([service], {**os.environ, **folders}, home / "logs") as running:
        wait_until_ready(running, seconds=60)
        yield service.address


def webserver_on(port: int) -> Service:
    address = f"http://127.0.0.1:{port}"
    options = ["-h", "127.0.0.1", "-p", str(port), "-m", LOCATION]
    command = [program("dagster-webserver"), *options]
    return Service("webserver", command, address, lambda: asked(f"{address}/server_info") is not None)


def free_port() -> int:
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        port: int = candidate.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def page(browser_path: str, webserver: str) -> Iterator[Page]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=list(QUIET_BROWSER))
        page = browser.new_page(base_url=webserver, viewport={"width": 1600, "height": 1000})
        page.set_default_timeout(20_000)
        yield page
        browser.close()


@pytest.fixture(scope="module")
def run(page: Page, webserver: str) -> dict[str, Any]:
    """The run that a click on "Materialize all" started, at its end."""
    page.goto("/asset-groups")
    page.get_by_role("button", name="Materialize all").click()
    return ended(webserver, number=1)


def ended(webserver: str, number: int) -> dict[str, Any]:
    """The latest run, once there are ``number`` runs and it is at its end."""
    deadline = time.monotonic() + RUN_SECONDS
    while time.monotonic() < deadline:
        runs = (graphql(webserver, RUNS) or {"runsOrError": {"results": []}})["runsOrError"]["results"]
        if len(runs) == number and runs[0]["status"] in {"SUCCESS", "FAILURE", "CANCELED"}:
            found: dict[str, Any] = runs[0]
            return found
        time.sleep(0.3)
    pytest.fail(f"run {number} did not end within {RUN_SECONDS} s")


def computed(run: dict[str, Any]) -> list[str]:
    """The assets that the run did not reuse."""
    flags = {
        made["assetKey"]["path"][0]: entry["boolValue"]
        for made in run["assetMaterializations"]
        for entry in made["metadataEntries"]
        if entry["label"] == "reused"
    }
    return [asset for asset in ASSETS if not flags[asset]]


def test_materialize_all_materializes_every_asset(run: dict[str, Any]) -> None:
    assert run["status"] == "SUCCESS"
    assert run["stats"] == {"materializations": len(ASSETS)}


def test_a_setting_of_the_launchpad_computes_what_depends_on_it(run: dict[str, Any], webserver: str) -> None:
    config = {"resources": {"settings": {"config": {"overrides": {"sweep": {"seed": 7}}}}}}
    query = LAUNCH.replace("LOCATION", LOCATION).replace("CONFIG", json.dumps(json.dumps(config)))
    body, kind = json.dumps({"query": query}).encode(), {"Content-Type": "application/json"}
    with urlopen(Request(f"{webserver}/graphql", body, kind), timeout=RUN_SECONDS) as answer:
        assert json.load(answer)["data"] == {"launchPipelineExecution": {"__typename": "LaunchRunSuccess"}}
    launched = ended(webserver, number=2)
    assert launched["status"] == "SUCCESS"
    assert computed(launched) == ["sweep_results", "trained_model", "model_evaluation", "registered_model"]


METADATA = """{ assetNodes { assetKey { path } assetMaterializations(limit: 1) {
  metadataEntries { label __typename ... on TextMetadataEntry { text } ... on UrlMetadataEntry { url } }
} } }"""


@pytest.fixture(scope="module")
def metadata(run: dict[str, Any], webserver: str) -> dict[str, list[dict[str, str]]]:
    """What the UI shows of each asset, in its order."""
    return {
        node["assetKey"]["path"][0]: node["assetMaterializations"][0]["metadataEntries"]
        for node in graphql(webserver, METADATA)["assetNodes"]
    }


def test_headline_numbers_are_plotted_over_time(metadata: dict[str, list[dict[str, str]]]) -> None:
    plotted = {entry["label"] for entry in metadata["model_evaluation"] if entry["__typename"] == "FloatMetadataEntry"}
    assert {"wMAPE, %", "RMSE, dollars", "coverage", "compute_seconds"} <= plotted
    assert metadata["model_evaluation"][0]["label"] == "wMAPE, %"


def test_ids_come_last(metadata: dict[str, list[dict[str, str]]]) -> None:
    labels = [entry["label"] for entry in metadata["model_evaluation"]]
    assert set(labels[labels.index("mlflow_run_id") :]) >= {"mlflow_experiment_id", "object", "fingerprint"}
    assert "accepted" not in labels[labels.index("mlflow_run_id") :]


def test_no_absolute_path_is_shown(metadata: dict[str, list[dict[str, str]]]) -> None:
    shown = [entry.get("text") or "" for entries in metadata.values() for entry in entries]
    assert [text for text in shown if text.startswith("/")] == []


def test_the_page_of_an_asset_shows_its_plots(run: dict[str, Any], page: Page) -> None:
    page.goto("/assets/model_evaluation")
    row = page.get_by_role("row").filter(has=page.get_by_text("residual_map", exact=True))
    row.get_by_text("Show Markdown").click()
    plot = page.locator("img[src^='data:image/png']")
    assert plot.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300


def test_the_checks_tab_shows_what_every_gate_found(run: dict[str, Any], page: Page) -> None:
    from playwright.sync_api import expect

    page.goto("/assets/model_evaluation?view=checks")
    expect(page.get_by_text("Succeeded", exact=True)).to_have_count(len(GATES["model_evaluation"]), timeout=20_000)
