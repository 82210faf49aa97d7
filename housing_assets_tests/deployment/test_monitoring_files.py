"""Alert rules and dashboard name only metrics and labels that a real API exposes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

import housing_assets.deployment
from housing_assets_tests.mlflow_server import first_users, mlflow_library
from housing_assets_tests.serving.api.conftest import application_over, serving
from housing_assets_tests.serving.api.requests import instances
from housing_assets_tests.serving.published import promoted, published
from housing_assets_tests.serving.small_model import new_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets_tests.serving.published import Published

__all__ = ["first_users", "mlflow_library", "promoted", "published"]

FOLDER = Path(housing_assets.deployment.__file__).parent / "monitoring"
RULES = [
    rule for group in yaml.safe_load((FOLDER / "alert_rules.yaml").read_text())["groups"] for rule in group["rules"]
]
PANELS = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [each["expr"] for panel in PANELS for each in panel["targets"]]

SELECTOR = re.compile(r"(housing_\w+)(?:\{([^}]*)\})?")
LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"")
GROUPED = re.compile(r"by \(([^)]*)\)")
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? ")


@pytest.fixture(scope="module")
def exposed(promoted: Published) -> Iterator[dict[str, set[str]]]:
    """Labels by metric, after answers, a refusal, and a row that was lost."""
    changes = {"queue_rows": 3, "flush_seconds": 0.01}
    with serving(application_over(promoted, **changes)) as client:
        client.post("/api/v1/predict", json={"instances": instances(new_rows(12))})
        client.post("/api/v1/predict", json={"instances": instances(new_rows(12))[:1]})
        client.post("/api/v1/predict", json={"instances": [{}]})
        yield labels_by_metric(client.get("/metrics").text)


def labels_by_metric(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        if sample := SAMPLE.match(line):
            found.setdefault(sample[1], set()).update(re.findall(r"(\w+)=\"", sample[2] or ""))
        elif line.startswith("# TYPE "):
            found.setdefault(line.split()[2], set())
    return found


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_metric_of_an_expression_is_exposed_with_its_labels(
    expression: str, exposed: dict[str, set[str]]
) -> None:
    selectors = SELECTOR.findall(expression)
    assert selectors
    grouped = {name.strip() for names in GROUPED.findall(expression) for name in names.split(",")}
    for metric, selected in selectors:
        assert metric in exposed
        labels = exposed[metric]
        if metric != "housing_source_failures":  # without a failure there is no sample, and no label to see
            assert {*LABEL.findall(selected), *grouped} <= labels


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_says_what_is_wrong_and_how_bad_that_is(rule: dict[str, dict[str, str]]) -> None:
    assert rule["annotations"]["summary"]
    assert rule["labels"]["severity"] in {"page", "warn"}
