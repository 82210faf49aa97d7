"""The section of what is watched in production."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from housing_assets.settings.section import Section


class MonitoringSettings(Section):
    inert: ClassVar[frozenset[str]] = frozenset({"look_seconds", "late_days", "automatic_rollback", "retrain_rows"})

    chunk_rows: int = Field(ge=50, description="priced rows of a day are judged for drift in parts of about so many")
    minimum_rows: int = Field(ge=50, description="a day with fewer priced rows is not judged for drift")
    label_rows: int = Field(ge=20, description="a version with fewer realised prices on one day is not judged by them")
    periods: int = Field(ge=1, description="bad parts, or days, in a row, before it counts: one alone may be chance")
    match_days: int = Field(ge=1, description="realised prices belong to answers of so many days before they came")
    look_seconds: int = Field(ge=5, description="between two looks at which days are over and not judged yet")
    late_days: int = Field(ge=1, description="a day is judged again if records of it come so many days late at most")
    automatic_rollback: bool = Field(
        description="true: a version whose realised coverage or error fails its gates is taken out of production"
    )
    retrain_rows: int | None = Field(
        ge=1, description="so many new realised prices are put into the inbox, to be trained on; null: none ever"
    )
