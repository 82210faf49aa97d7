"""``compose.yaml`` as Compose would understand it: anchors merged, variables replaced by their defaults."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from housing_assets_tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FILE = ROOT / "compose.yaml"
VARIABLE = re.compile(r"\$\{\w+:-([^}]*)\}")
OURS = "housing_assets/"


@dataclass(frozen=True)
class Service:
    """A service as the file describes it."""

    name: str
    description: dict[str, Any]

    @property
    def target(self) -> str | None:
        """The target of the Dockerfile; None if the image is somebody else's."""
        image = self.description["image"]
        return image.removeprefix(OURS).partition(":")[0] if image.startswith(OURS) else None

    @property
    def needs(self) -> dict[str, str]:
        """The services that must be there before, and in which condition."""
        return {name: each["condition"] for name, each in self.description.get("depends_on", {}).items()}

    @property
    def health_check(self) -> list[str]:
        kind, *command = self.description["healthcheck"]["test"]
        assert kind == "CMD"
        return command


def composition(file: Path = FILE) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(VARIABLE.sub(r"\1", file.read_text(encoding="utf-8")))
    return found


def services() -> dict[str, Service]:
    return {name: Service(name, described) for name, described in composition()["services"].items()}


def in_order(known: dict[str, Service]) -> list[Service]:
    """Every service after those that it needs."""
    ordered: list[Service] = []
    while len(ordered) < len(known):
        ready = {each.name for each in ordered}
        ordered += [each for name, each in known.items() if name not in ready and each.needs.keys() <= ready]
    return ordered
