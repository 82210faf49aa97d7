"""Which column of a file is which of ours: names as they are usually written, and two layouts that are published.

Other names are mapped in ``raw.columns``. Nothing is told by position but a published layout, by its ranges.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from housing_assets.domain.data.reading.options import fault
from housing_assets.domain.schema import CATEGORICAL, LATITUDE, LONGITUDE, NUMERIC, RAW_COLUMNS, TARGET

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from housing_assets.domain.data.reading.options import Reading

FRAME_OF_SCIKIT_LEARN = {
    "MedInc": "median_income",
    "HouseAge": "housing_median_age",
    "AveRooms": "rooms_per_household",
    "AveBedrms": "bedrooms_per_household",
    "Population": "population",
    "AveOccup": "people_per_household",
    "Latitude": LATITUDE.name,
    "Longitude": LONGITUDE.name,
    "MedHouseVal": TARGET,
}
"""The columns of ``sklearn.datasets.fetch_california_housing(as_frame=True).frame``."""

AVERAGES = ("AveRooms", "AveBedrms", "AveOccup")
PRICE_UNIT = 100_000
PUBLISHED_NINE = (*NUMERIC, TARGET)
"""The columns of ``cal_housing.data``, which has no header (Pace and Barry 1997, by way of StatLib)."""
STATLIB = (
    *(TARGET, "median_income", "housing_median_age", "total_rooms", "total_bedrooms", "population", "households"),
    *(LATITUDE.name, LONGITUDE.name),
)
"""The columns of StatLib's ``cadata.txt``, which has no header either."""


def plain(name: str) -> str:
    """``name`` without case, blanks and marks: ``Median Income`` and ``medianIncome`` are ``medianincome``."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


KNOWN = {plain(name): name for name in RAW_COLUMNS}
KNOWN_OF_SCIKIT_LEARN = {plain(name): name for name in FRAME_OF_SCIKIT_LEARN}


def known_names(names: Iterable[str], columns: Mapping[str, str]) -> list[str]:
    """Those of ``names`` that mean something here."""
    mapped = {name.strip() for name in columns}
    return [name for name in names if name in mapped or plain(name) in KNOWN or plain(name) in KNOWN_OF_SCIKIT_LEARN]


def our_names(names: Sequence[str], reading: Reading) -> list[str]:
    """``names`` of a file with ours in place of those that are known; exact ones go first.

    Raises:
        RawDataError: ``raw.columns`` names a column that the file has not.
    """
    mapping = {name.strip(): ours for name, ours in reading.columns.items()}
    absent = sorted(set(mapping) - set(names))
    if absent:
        raise fault("raw.columns names columns that the file has not", f"{', '.join(absent)}: correct raw.columns")
    exact = {name for name in names if name in RAW_COLUMNS} | set(mapping.values())
    ours = [mapping.get(name) or _known(name, exact) for name in names]
    renamed = [f"{name} as {our}" for name, our in zip(names, ours, strict=True) if name != our]
    if renamed:
        reading.note(f"names matched without case, blanks and marks, or by raw.columns: {', '.join(renamed)}")
    return ours


def _known(name: str, exact: set[str]) -> str:
    known = KNOWN.get(plain(name), name)
    return name if known in exact and name != known else known


def is_frame_of_scikit_learn(names: Sequence[str]) -> bool:
    """Whether the averages are there that only that frame has."""
    return set(map(plain, AVERAGES)) <= set(map(plain, names))


def scikit_learn_names(names: Sequence[str]) -> list[str]:
    """The names of that frame as it writes them, whatever their case here; the price may be called ``target``."""
    return ["MedHouseVal" if name == "target" else KNOWN_OF_SCIKIT_LEARN.get(plain(name), name) for name in names]


def from_scikit_learn(frame: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """Counts in place of averages a household, and dollars in place of 100,000 dollars. Needs numbers in all columns.

    Raises:
        RawDataError: a column is missing.
    """
    absent = [name for name in FRAME_OF_SCIKIT_LEARN if name not in frame]
    if absent:
        raise fault(
            "a frame of scikit-learn without all of its columns",
            f"missing: {', '.join(absent)}: save fetch_california_housing(as_frame=True).frame",
        )
    households = (frame["Population"] / frame["AveOccup"]).round()
    reading.note(
        "a frame of scikit-learn: counts from averages a household, prices from 100,000 dollars; it has no gaps"
    )
    return frame.rename(columns=FRAME_OF_SCIKIT_LEARN).assign(
        households=households,
        total_rooms=(frame["AveRooms"] * households).round(),
        total_bedrooms=(frame["AveBedrms"] * households).round(),
        **{TARGET: frame["MedHouseVal"] * PRICE_UNIT},
    )


def headerless_names(first: Sequence[Any], reading: Reading) -> list[str]:
    """The names of rows without a header, of which ``first`` holds the cells of one.

    Raises:
        RawDataError: neither published layout fits.
    """
    for names, source in ((PUBLISHED_NINE, "cal_housing.data"), (STATLIB, "StatLib's cadata.txt")):
        if len(first) == len(names) and _in_california(dict(zip(names, first, strict=True))):
            reading.note(f"no header: the nine columns of {source}, told by their number and the coordinates")
            return list(names)
    detail = f"first line: {', '.join(map(str, first))[:200]}; write {','.join(RAW_COLUMNS)} above the rows"
    raise fault("no header", detail)


def _in_california(row: Mapping[str, Any]) -> bool:
    try:
        longitude, latitude = float(row[LONGITUDE.name]), float(row[LATITUDE.name])
    except ValueError:
        return False
    return LONGITUDE.low <= longitude <= LONGITUDE.high and LATITUDE.low <= latitude <= LATITUDE.high


def with_ocean_proximity(frame: pd.DataFrame, reading: Reading) -> pd.DataFrame:
    """``frame`` of a layout that is published without ``ocean_proximity``, with labels from the coordinates."""
    from housing_assets.domain.geography.ocean_proximity import ocean_proximity

    reading.note(f"no {CATEGORICAL} in this layout: derived from the coordinates by the rule of the package")
    return frame.assign(**{CATEGORICAL: ocean_proximity(frame[LATITUDE.name], frame[LONGITUDE.name])})
