"""Every setting says what it means where its type is, and ``pipeline.yaml`` says the same beside its value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from housing_assets.domain.gates.catalogue import GATES
from housing_assets.settings import PIPELINE_FILE, Settings
from housing_assets.settings.pipeline_settings import PipelineSettings
from housing_assets.settings.section import Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets.domain.gates.verdicts import Gate

KEY = re.compile(r"(?P<indent> *)(?P<name>\w+):(?:.*?\s# (?P<comment>.*))?")
CONTINUED = re.compile(r" +# (?P<comment>.*)")


def comments(text: str) -> dict[str, str]:
    """What is written beside each key, by its path; a comment may go on in the lines below it."""
    result: dict[str, str] = {}
    parents: list[tuple[int, str]] = []
    path = ""
    for line in text.splitlines():
        if key := KEY.match(line):
            indent = len(key["indent"])
            parents = [*(parent for parent in parents if parent[0] < indent), (indent, key["name"])]
            path = ".".join(name for _, name in parents)
            result[path] = (key["comment"] or "").strip()
        elif (continued := CONTINUED.fullmatch(line)) and result.get(path):
            result[path] += f" {continued['comment']}"
    return result


def descriptions(section: type[Section], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    """Path and description of each setting. The thresholds of an asset are described by the catalogue of gates."""
    for name, field in section.model_fields.items():
        path = f"{prefix}{name}"
        if prefix == "gates.":
            continue
        yield path, field.description
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield from descriptions(field.annotation, f"{path}.")


COMMENTS = comments(PIPELINE_FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("path", "description"), [*descriptions(Settings)])
def test_a_setting_is_described_as_pipeline_yaml_describes_it(path: str, description: str | None):
    assert description
    assert description == COMMENTS[path]


SIDES = {"maximum": "at most", "minimum": "at least"}
COMMENTED_GATES = [
    (gate, comment)
    for asset, gates in GATES.items()
    for gate in gates
    if any(side in (comment := COMMENTS.get(f"gates.{asset}.{gate.name}", "")) for side in SIDES.values())
]


@pytest.mark.parametrize(("gate", "comment"), COMMENTED_GATES, ids=lambda value: getattr(value, "name", ""))
def test_the_comment_of_a_threshold_says_on_which_side_a_value_passes(gate: Gate, comment: str):
    assert comment.startswith(SIDES[gate.direction])


def test_the_launchpad_shows_every_description():
    shown = PipelineSettings.to_config_schema().as_field().config_type.fields["overrides"].description  # type: ignore[attr-defined]
    for path, description in descriptions(Settings):
        assert f"- `{path.rsplit('.', 1)[-1]}`: {description}" in shown
