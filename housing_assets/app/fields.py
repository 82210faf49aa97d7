"""The fields of a house as the API's own schema describes them, and their values in the address of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COVERAGE = "coverage"


@dataclass(frozen=True)
class Field:
    """One input.

    Attributes:
        name: in requests.
        label: for people.
        unit: of a number.
        low, high: allowed numbers, both inclusive.
        options: known words; empty for a number.
        optional: whether it may be left empty.
        example: a value to begin with.
        digits: after the point, as the example has them.
    """

    name: str
    label: str
    unit: str
    low: float
    high: float
    options: tuple[str, ...]
    optional: bool
    example: Any
    digits: int

    @property
    def is_number(self) -> bool:
        return not self.options

    @property
    def allowed(self) -> str:
        """The range in words."""
        return f"{self.low:,.10g} to {self.high:,.10g} {self.unit}{', or empty' if self.optional else ''}"


def fields_of(schema: Mapping[str, Any]) -> list[Field]:
    """The fields of a house in the OpenAPI ``schema``, in its order."""
    house = schema["components"]["schemas"]["House"]
    return [field_of(name, described, house["required"]) for name, described in house["properties"].items()]


def field_of(name: str, described: Mapping[str, Any], required: Sequence[str]) -> Field:
    shapes = described.get("anyOf", [described])
    shape = next(each for each in shapes if each.get("type") != "null")
    is_number, examples = shape["type"] == "number", described["examples"]
    return Field(
        name,
        described["title"].capitalize(),
        shape.get("x-unit", ""),
        shape.get("minimum", float("-inf")),
        shape.get("maximum", float("inf")),
        () if is_number else tuple(examples),
        name not in required,
        float(examples[0]) if is_number else "NEAR BAY" if "NEAR BAY" in examples else examples[0],
        len(str(examples[0]).partition(".")[2]) if is_number else 0,
    )


def coverages_of(schema: Mapping[str, Any]) -> tuple[float, float, float]:
    """The lowest and the highest coverage, and one to begin with."""
    described = schema["components"]["schemas"]["PredictRequest"]["properties"][COVERAGE]
    shape = next(each for each in described["anyOf"] if each.get("type") == "number")
    return shape["minimum"], shape["maximum"], shape["examples"][0]


def read_value(field: Field, text: str | None) -> tuple[Any, str]:
    """The value of ``field`` in an address and what is wrong with it; an absent one is the example."""
    if text is None:
        return field.example, ""
    if not text.strip():
        return None, ""
    if not field.is_number:
        return text, ""
    try:
        return float(text), ""
    except ValueError:
        return None, f"was {text[:60]!r} in the address, which is no number"


def write_value(value: Any) -> str:
    """As ``read_value`` reads it."""
    if value is None:
        return ""
    return f"{value:.12g}" if isinstance(value, int | float) else str(value)
