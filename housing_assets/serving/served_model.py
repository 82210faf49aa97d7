"""A model that may answer: its bytes were held against their digest, and its prices against the registered ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from housing_assets.domain.libraries import LIBRARIES
from housing_assets.errors import ExpectedError
from housing_assets.registry.code_state import libraries
from housing_assets.registry.package.example_predictions import difference, frame, origin
from housing_assets.serving.predictor import make_predictor
from housing_assets.serving.row_schema import EXAMPLE_ROWS
from housing_assets.trusted_types import model

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from housing_assets.serving.predictor import Predictor
    from housing_assets.serving.sources.model_references import ModelReference


class RefusedModelError(ExpectedError, RuntimeError):
    """The bytes are the right ones, but this code makes another model of them."""


@dataclass(frozen=True)
class Failure:
    """What a source could not do, and when: ``what`` is ``reference``, ``weights``, ``record`` or ``keep``."""

    source: str
    what: str
    reason: str
    when: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def __str__(self) -> str:
        return f"{self.source}, {self.what}: {self.reason}"


@dataclass(frozen=True, eq=False)
class ServedModel:
    """What answers, and all that an answer says of it. Each is equal to itself alone, and a key of caches.

    Attributes:
        predictor: of prices.
        reference: which version it is.
        source: where the bytes came from: ``store``, ``mlflow`` or ``copy``.
        record: see ``registry.release_record``; empty where no source had one.
        failures: of the sources that were asked before.
        warnings: sentences on what could not be checked, or differs.
        loaded: ISO 8601 in UTC.
    """

    predictor: Predictor
    reference: ModelReference
    source: str
    record: Mapping[str, Any]
    failures: tuple[Failure, ...]
    warnings: tuple[str, ...]
    loaded: str

    @property
    def data_version(self) -> str:
        """Of the training rows; empty if it is not known."""
        return str(self.record.get("data_version", ""))

    def described(self) -> dict[str, Any]:
        """What every answer says of the model."""
        return {
            "name": self.reference.name,
            "version": self.reference.version,
            "digest": self.reference.digest,
            "data_version": self.data_version,
            "alias": self.reference.alias,
            "source": self.source,
        }


def serve_model(
    reference: ModelReference, source: str, content: bytes, record: Mapping[str, Any], failures: list[Failure]
) -> ServedModel:
    """The model of verified ``content``, checked against the prices in ``record`` if it has any.

    Raises:
        UntrustedTypesError: it is of types that are not on our list.
        RefusedModelError: it gives its input example other prices than when it was registered.
    """
    pipeline = model(content)
    examples = record.get("examples")
    if examples and (other := difference(pipeline, examples)):
        raise RefusedModelError(
            f"version {reference.version} is refused: {other}. It was registered with {origin(examples)}. Serve it "
            "with that code and those libraries, or promote a version of today: housing run, housing promote"
        )
    predictor = make_predictor(pipeline, example_rows(examples))
    loaded = datetime.now(UTC).isoformat(timespec="seconds")
    return ServedModel(
        predictor, reference, source, record, tuple(failures), tuple(warnings_of(examples, predictor)), loaded
    )


def example_rows(examples: Mapping[str, Any] | None) -> pd.DataFrame:
    """The rows that a predictor is held against: the registered ones and ours."""
    import pandas as pd

    return pd.concat([frame(examples["rows"]), EXAMPLE_ROWS], ignore_index=True) if examples else EXAMPLE_ROWS


def warnings_of(examples: Mapping[str, Any] | None, predictor: Predictor) -> list[str]:
    slow = [f"{half} are computed by the Pipeline itself, slowly: {why}" for half, why in predictor.faults.items()]
    if not examples:
        return ["its prices could not be checked: no example predictions are recorded", *slow]
    return [*other_libraries(examples["libraries"]), *slow]


def other_libraries(registered: Mapping[str, str]) -> list[str]:
    """A sentence for each library that decides prices and has another version than when the model was registered."""
    now = libraries()
    return [
        f"{name} is {now.get(name, 'not installed')}, the model was registered with {registered[name]}"
        for name in (each.distribution for each in LIBRARIES if each.decides and each.predicts)
        if name in registered and registered[name] != now.get(name)
    ]
