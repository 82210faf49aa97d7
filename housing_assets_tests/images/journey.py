"""From a run that is started in the webserver to a price from the API, by the services of ``compose.yaml``."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from housing_assets_tests.delivery.composition import services
from housing_assets_tests.example_house import HOUSE
from housing_assets_tests.small_run import SMALL

if TYPE_CHECKING:
    from housing_assets_tests.images.stand_in import StandIn

WEBSERVER, API = "http://127.0.0.1:3000", "http://127.0.0.1:8000"
SECONDS = 1800
LAUNCH = """mutation($parameters: ExecutionParams!) { launchRun(executionParams: $parameters) { __typename
    ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
    ... on RunConfigValidationInvalid { errors { message } } } }"""
STATUS = "query($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"


class LostError(AssertionError):
    """A step of the journey that did not do what it should."""


def travel(stand_in: StandIn, commit: str, version: str) -> dict[str, Any]:
    """The answer of the API to a question for a price.

    Raises:
        LostError: at the first step that goes wrong.
    """
    run()
    promoted = stand_in.container(services()["code"]).ask(
        "housing", "promote", "staging", "--why", "the first", entrypoint=True
    )
    expect(promoted.returncode == 0, f"promotion: {promoted.stdout}{promoted.stderr}")
    card = next((stand_in.folder / "volumes" / "artifacts").rglob("model_card.md")).read_text()
    expect(commit in card and f"| housing_assets | {version} |" in card, "the card names no commit or version")
    expect(status_without_key() == 401, "the API asks for no key")
    return price((stand_in.folder / "secrets" / "api_key").read_text().strip())


def run() -> None:
    """Start the job in the webserver, as a person would, and wait: the daemon and the code location do it."""
    overrides = {name: section for name, section in SMALL.items() if name != "raw"}
    parameters = {
        "selector": {
            "repositoryLocationName": "housing_assets",
            "repositoryName": "__repository__",
            "jobName": "retrain",
        },
        "runConfigData": {"resources": {"settings": {"config": {"overrides": overrides}}}},
    }
    launched = graphql(LAUNCH, parameters=parameters)["launchRun"]
    expect("run" in launched, f"the run was not launched: {launched}")
    deadline = time.monotonic() + SECONDS
    while (status := graphql(STATUS, run=launched["run"]["runId"])["runOrError"]["status"]) != "SUCCESS":
        expect(status not in ("FAILURE", "CANCELED") and time.monotonic() < deadline, f"the run is {status}")
        time.sleep(2)


def price(key: str) -> dict[str, Any]:
    """The answer, when the API has followed the promotion."""
    deadline = time.monotonic() + 120
    while True:
        try:
            found: dict[str, Any] = asked(
                f"{API}/api/v1/predict", {"instances": [HOUSE]}, Authorization=f"Bearer {key}"
            )
        except HTTPError as error:
            expect(error.code == 503 and time.monotonic() < deadline, f"the API says {error.code}: {error.read()!r}")
            time.sleep(1)
        else:
            return found


def status_without_key() -> int:
    try:
        asked(f"{API}/api/v1/predict", {"instances": [HOUSE]})
    except HTTPError as error:
        return error.code
    return 200


def graphql(query: str, **variables: Any) -> dict[str, Any]:
    answer = asked(f"{WEBSERVER}/graphql", {"query": query, "variables": variables})
    expect("errors" not in answer, f"Dagster refuses: {answer.get('errors')}")
    data: dict[str, Any] = answer["data"]
    return data


def asked(url: str, body: Any, **headers: str) -> Any:
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json", **headers})
    with urlopen(request, timeout=60) as answer:
        return json.load(answer)


def expect(fine: bool, fault: str) -> None:
    if not fine:
        raise LostError(fault)
