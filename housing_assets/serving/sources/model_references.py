"""Which model is meant: ``production``, another alias, or the number of a version."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from housing_assets.registry.production.ledger import LedgerEntry


class UnknownModelError(ExpectedError, LookupError):
    """No source knows the model that was asked for."""


@dataclass(frozen=True)
class ModelReference:
    """One version of a model.

    Attributes:
        name: of the registered model.
        version: its number in the registry.
        digest: SHA-256 of its weights.
        alias: by which it was asked for; empty for a number.
        named_by: what said so: ``ledger``, ``mlflow`` or ``copy``.
        entry: of the ledger, as plain JSON; empty without one.
    """

    name: str
    version: int
    digest: str
    alias: str = ""
    named_by: str = ""
    entry: dict[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[int, str]:
        """Two references with equal ones are to the same model."""
        return self.version, self.digest

    def to_fields(self) -> dict[str, Any]:
        return asdict(self)


def reference_of(name: str, alias: str, entry: LedgerEntry) -> ModelReference:
    """What an entry of the ledger put into production."""
    fields = {
        "sequence": entry.sequence,
        "action": entry.action,
        "when": entry.when,
        "who": entry.who,
        "why": entry.why,
        "gates": entry.gates,
        "sha256": entry.sha256,
    }
    return ModelReference(name, entry.to_version, entry.digest, alias, "ledger", fields)
