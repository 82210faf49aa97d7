"""What requests and answers look like, as OpenAPI shows it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, create_model

from housing_assets.domain.intervals.conformal import COVERAGES
from housing_assets.serving.row_schema import House

Coverage = Annotated[
    float,
    Strict(),
    Field(
        ge=float(COVERAGES[0]),
        le=float(COVERAGES[-1]),
        allow_inf_nan=False,
        description="Share of prices that lie between lower and upper.",
        examples=[0.9],
    ),
]


Against = Literal["state", "nearby"]
Which = Literal["production", "staging"]
"""``staging`` is the newest registered version, which may be promoted next."""


def predict_request(maximum_rows: int) -> type[BaseModel]:
    """The body of a request for the prices of at most so many rows."""
    rows = Field(max_length=maximum_rows, description="The block groups to price, in any number up to the limit.")
    explain = Field(default=False, description="Whether to say what drove each price, and by which training rows.")
    return create_model(
        "PredictRequest",
        __config__=ConfigDict(extra="forbid"),
        instances=(list[House], rows),
        coverage=(Coverage | None, Field(default=None, description="Null: as in the evaluation of the model.")),
        explain=(Annotated[bool, Strict()], explain),
        against=(Against, Field(default="state", description="What is typical there: what a price is explained by.")),
    )


class ModelAnswer(BaseModel):
    """Which model answered."""

    name: str
    version: int
    digest: str = Field(description="SHA-256 of its weights.")
    data_version: str = Field(description="Of its training rows.")
    alias: str = Field(description="By which it was asked for.")
    source: Literal["store", "mlflow", "copy"] = Field(description="Where its weights came from.")


class Support(BaseModel):
    """What training rows there are around a row."""

    training_km: float | None = Field(description="To the nearest training row.")
    training_rows_nearby: int | None


class TrainingRow(BaseModel):
    longitude: float
    latitude: float
    price: float
    km: float = Field(description="Great-circle distance.")


class ExplanationAnswer(BaseModel):
    """What drove a price: the contributions add up to it less the price of the reference."""

    reference: dict[str, Any] = Field(description="What the price is compared with: medians, of the state or nearby.")
    reference_price: float
    contributions: dict[str, float] = Field(description="Dollars by group of inputs: exact Shapley values.")
    training_rows: list[TrainingRow] = Field(description="The nearest ones, nearest first.")


class PriceAnswer(BaseModel):
    price: float = Field(description="Dollars.")
    lower: float
    upper: float
    coverage: float
    support: Support
    flags: list[str] = Field(description="What makes this row unlike the training rows.")
    explanation: ExplanationAnswer | None = None


class PredictAnswer(BaseModel):
    """One price for each row, in their order."""

    model: ModelAnswer
    predictions: list[PriceAnswer]


class FaultAnswer(BaseModel):
    row: int | None = Field(description="Counted from 0; null where it is not about one row.")
    field: str
    reason: str


class RefusalAnswer(BaseModel):
    """Everything that is wrong with a request."""

    detail: list[FaultAnswer]


class ErrorAnswer(BaseModel):
    """Why there is no answer."""

    detail: str


class SourceFailure(BaseModel):
    source: str
    what: str
    reason: str
    when: str


class ReadyAnswer(BaseModel):
    """Whether prices can be given, and what is wrong with the sources of the model."""

    ready: bool
    model: ModelAnswer | None
    checked: str = Field(description="When the sources were asked last.")
    failures: list[SourceFailure]
    warnings: list[str]


class AboutAnswer(BaseModel):
    """What is known of the model that answers."""

    model: ModelAnswer
    age_seconds: float = Field(description="Since it went into production, or else was loaded.")
    loaded: str
    named_by: str = Field(description="What said which model it is: ledger, mlflow or copy.")
    metrics: dict[str, Any] = Field(description="On the test rows, with sampling intervals.")
    gates: list[dict[str, Any]] = Field(description="The verdicts that it was promoted by.")
    ledger_entry: dict[str, Any]
    links: dict[str, str] = Field(description="To the registered version with its model card, and the ledger entry.")
    libraries: dict[str, str] = Field(description="With which it was registered.")
    slow_halves: dict[str, str] = Field(description="Why features or prices are computed by the Pipeline itself.")
    checked: str
    failures: list[SourceFailure]
    warnings: list[str]


class Place(BaseModel):
    longitude: float
    latitude: float
    price: float = Field(description="Median of the training rows there.")
    rows: int
    error: float | None = Field(description="Median of their relative errors, each priced by models without it.")
    width: float | None = Field(description="Dollars between the ends of the interval of a typical row there.")


class PlacesAnswer(BaseModel):
    model: ModelAnswer
    degrees: float
    coverage: float | None = Field(description="Of the intervals; null where none were asked for.")
    places: list[Place]


class PlaceDifference(BaseModel):
    longitude: float
    latitude: float
    production: float = Field(description="Price of what is typical there, by the version in production.")
    staging: float = Field(description="Of the same row, by the newest registered version.")


class DifferencesAnswer(BaseModel):
    """Where two versions differ; the rows are those that the one in production takes for typical."""

    production: ModelAnswer
    staging: ModelAnswer
    degrees: float
    places: list[PlaceDifference] = Field(description="The largest difference first.")


class CardAnswer(BaseModel):
    model: ModelAnswer
    card: str = Field(description="Markdown; empty for a version that was promoted before cards were kept.")


class LedgerAnswer(BaseModel):
    """Who put which version into production, when and why, the latest first."""

    entries: list[dict[str, Any]]


class JudgedDay(BaseModel):
    """What was measured of prices whose realised prices came on a day."""

    day: str
    rows: int
    wmape: float
    rmse: float
    coverage: float = Field(description="Share of realised prices inside of their intervals.")
    aim: float = Field(description="The share that the intervals were made for.")


class PerformanceAnswer(BaseModel):
    days: list[JudgedDay] = Field(description="The latest first; empty as long as no realised prices came.")


class TypicalAnswer(BaseModel):
    """A row that can be priced as it is."""

    model: ModelAnswer
    instance: dict[str, Any]
    training_rows: int = Field(description="Whose medians these are; 0: those of the whole state, but for the place.")
    within_km: float = Field(description="Distance to the last of them.")


class Point(BaseModel):
    name: str
    longitude: float
    latitude: float


class OutlinesAnswer(BaseModel):
    coast: list[Point]
    bay: list[Point]
    cities: list[Point]
