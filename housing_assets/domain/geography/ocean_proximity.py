"""``ocean_proximity`` from coordinates alone, for files that come without it.

How the labels of the published file were drawn is not documented. On a map they follow the shore: first comes a strip
that is near the ocean (or the bay), behind it what is less than about an hour's drive away, then the rest. How wide
these strips are depends on the land, so the rule has a width for each reach of the coast, read from that map to the
kilometre. From Malibu to Huntington Beach nothing or only the harbours count as near; in San Diego, and on the
peninsula of San Mateo, up to 20 km do. The rule agrees with 95.7 % of the published labels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from housing_assets.domain.geography.distances import (
    distance_to_bay_km,
    distance_to_coast_km,
    distances_to_cities_km,
    nearest_reach,
)
from housing_assets.domain.geography.places import ISLANDS, PACIFIC_COAST

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


class Reach(NamedTuple):
    """The coast from the point ``start`` southwards to the next reach, and the widths of its strips in kilometres."""

    start: str
    near_ocean: float
    hour_from_ocean: float


REACHES: tuple[Reach, ...] = (
    Reach("Oregon", 16, 43),
    Reach("Shelter Cove", 0, 53),
    Reach("Point Arena", 14, 56),
    Reach("Fort Ross", 13, 49),
    Reach("Stinson Beach", 9, 45),
    Reach("Point Bonita", 3, 45),
    Reach("Lands End", 0, 50),
    Reach("Ocean Beach", 3, 50),
    Reach("Fort Funston", 4, 52),
    Reach("Mussel Rock", 18, 52),
    Reach("Half Moon Bay", 22, 52),
    Reach("Santa Cruz", 13, 52),
    Reach("Capitola", 6, 32),
    Reach("Pajaro River", 0, 20),
    Reach("Moss Landing", 0, 40),
    Reach("Monterey", 3, 30),
    Reach("Pfeiffer Point", 14, 60),
    Reach("Cayucos", 17, 56),
    Reach("Pismo Beach", 0, 31),
    Reach("Point Sal", 19, 31),
    Reach("Goleta", 5, 42),
    Reach("Santa Barbara", 0, 30),
    Reach("Carpinteria", 13, 44),
    Reach("Point Mugu", 1, 42),
    Reach("Sequit Point", 14, 44),
    Reach("Malibu", 0, 50),
    Reach("Santa Monica", 0, 39),
    Reach("Redondo Beach", 3, 40),
    Reach("Point Fermin", 8, 39),
    Reach("Long Beach", 5, 46),
    Reach("Seal Beach", 1, 44),
    Reach("Huntington Beach", 0, 39),
    Reach("Dana Point", 2, 50),
    Reach("San Onofre", 6, 50),
    Reach("Oceanside", 9, 50),
    Reach("Encinitas", 10, 56),
    Reach("La Jolla", 16, 50),
)
NEAR_BAY_KM = 20.0
BAY_EAST = -122.01
"""Where the hills behind Oakland and Fremont end; further east lie the valleys of Concord, Livermore and San Jose."""


def ocean_proximity(latitude: ArrayLike, longitude: ArrayLike) -> np.ndarray:
    """The label of each point; (rows,) degrees in, (rows,) ``str`` objects out.

    In this order: on an island; within the near strip of the closest reach; near the bay and west of the hills that
    close it off; within the hour strip; else inland.

    Examples:
        >>> from housing_assets.domain.geography.ocean_proximity import ocean_proximity
        >>> ocean_proximity(latitude=[36.74, 33.36], longitude=[-119.79, -118.42]).tolist()
        ['INLAND', 'ISLAND']
    """
    coast, bay = distance_to_coast_km(latitude, longitude), distance_to_bay_km(latitude, longitude)
    near_ocean, hour = _strip_widths(nearest_reach(latitude, longitude))
    by_the_bay = (bay <= NEAR_BAY_KM) & (np.asarray(longitude) <= BAY_EAST)
    rules = [_on_an_island(latitude, longitude), coast <= near_ocean, by_the_bay, coast <= hour]
    labels = ["ISLAND", "NEAR OCEAN", "NEAR BAY", "<1H OCEAN"]
    return np.select(rules, labels, default="INLAND").astype(object)


def _strip_widths(segments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The widths of both strips for each row, from the segment of the coast that is closest to it."""
    coast = list(PACIFIC_COAST)
    starts = [coast.index(reach.start) for reach in REACHES]
    reach = np.searchsorted(starts, segments, side="right") - 1
    widths = np.array([(reach.near_ocean, reach.hour_from_ocean) for reach in REACHES])[reach]
    return widths[:, 0], widths[:, 1]


def _on_an_island(latitude: ArrayLike, longitude: ArrayLike) -> np.ndarray:
    middles = {name: (north, east) for name, (north, east, _) in ISLANDS.items()}
    radii = np.array([radius for _, _, radius in ISLANDS.values()])
    return np.asarray((distances_to_cities_km(latitude, longitude, middles) <= radii).any(axis=1))
