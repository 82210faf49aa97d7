"""What every part of the page is drawn from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.app.client import ApiClient
    from housing_assets.app.fields import Field


@dataclass(frozen=True)
class View:
    """One drawing of the page.

    Attributes:
        client: the API.
        fields: of a house.
        about: what the API says of its model.
        house: the inputs by name.
        coverage: of intervals.
        paths: that the API has.
        prediction: of the house; empty where the inputs are refused.
        faults: what is wrong with the inputs, by field.
    """

    client: ApiClient
    fields: list[Field]
    about: Mapping[str, Any]
    house: dict[str, Any]
    coverage: float
    paths: frozenset[str] = frozenset()
    prediction: Mapping[str, Any] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, str]:
        return {each.name: each.label for each in self.fields}

    @property
    def digest(self) -> str:
        """Of the model that answers."""
        return str(self.about["model"]["digest"])
