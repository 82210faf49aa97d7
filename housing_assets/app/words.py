"""Numbers, flags and ages in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

CAP = 500_000.0
"""The census gave all higher prices as 500,001."""

SPANS = ((86_400.0, "day"), (3_600.0, "hour"), (60.0, "minute"))


def dollars(amount: float) -> str:
    """As ``$312,500``.

    Examples:
        >>> from housing_assets.app.words import dollars
        >>> dollars(312_499.6), dollars(-20.0), dollars(500_001.0)
        ('$312,500', '-$20', '$500,001 or more')
    """
    text = f"{'-' if round(amount) < 0 else ''}${abs(amount):,.0f}"
    return f"{text} or more" if amount > CAP else text


def difference(amount: float) -> str:
    """Dollars with a sign."""
    return f"{'+' if amount >= 0 else '-'}${abs(amount):,.0f}"


def age(seconds: float) -> str:
    """As ``3 hours``, in the largest span that fits.

    Examples:
        >>> from housing_assets.app.words import age
        >>> age(12), age(60), age(200_000)
        ('less than a minute', '1 minute', '2 days')
    """
    for length, name in SPANS:
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "less than a minute"


def flag_words(flag: str, labels: Mapping[str, str]) -> str:
    """A sentence for a flag of the API; one that is not known here is shown as it is."""
    kind, _, name = flag.partition(":")
    label = labels.get(name, name)
    known = {
        "far_from_training": "It is far from every known block group: expect a larger error.",
        "out_of_range": f"{label} is outside of what any known block group has.",
        "imputed": f"{label} is empty and was filled in from the other inputs.",
        "unknown_category": "No known block group has this ocean proximity.",
    }
    return known.get(kind, flag)


def support_words(support: Mapping[str, Any]) -> str:
    """What known block groups there are around a house."""
    km, count = support["training_km"], support["training_rows_nearby"]
    if km is None or count is None:
        return "This version does not know where its block groups are."
    near = f"{km:.0f} km" if km >= 10 else f"{km:.1f} km"
    return f"{count:,} known block groups nearby, the nearest {near} away."


def kilometres(longitude: float, latitude: float, east: float, north: float) -> float:
    """Between two points in degrees, on a plane: for lists that are ordered by nearness."""
    wide = math.cos(math.radians((latitude + north) / 2))
    return 111.2 * math.hypot((east - longitude) * wide, north - latitude)
