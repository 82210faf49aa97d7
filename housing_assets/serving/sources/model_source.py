"""From a reference to a model that may answer, by a cascade of sources that distrust each other.

The ledger in the store says which digest is in production; where it cannot be read, MLflow's alias does, else what this
machine served last. The bytes come from the store, else from MLflow, else from the last verified copy on this disk, and
are held against the digest before they are parsed. What failed on the way is kept with the model.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from housing_assets.addresses import public_address
from housing_assets.serving.served_model import Failure, serve_model
from housing_assets.serving.sources.model_references import UnknownModelError
from housing_assets.serving.sources.tiers import CopyTier, DamagedSourceError, MlflowTier, StoreTier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from housing_assets.serving.served_model import ServedModel
    from housing_assets.serving.sources.model_references import ModelReference
    from housing_assets.serving.sources.tiers import Tier
    from housing_assets.settings.operations import RegistrySettings
    from housing_assets.settings.serving import ServingSettings
    from housing_assets.storage.backends.blobs import Blobs

Answer = TypeVar("Answer")


class NoModelError(UnknownModelError):
    """No source gave the model; ``failures`` say what each of them did instead."""

    def __init__(self, wanted: str, failures: Sequence[Failure]) -> None:
        super().__init__(f"no source has {wanted!r}: {'; '.join(map(str, failures))}")
        self.failures = tuple(failures)


@dataclass(frozen=True)
class ModelSource:
    """The sources in the order in which they are asked."""

    store: StoreTier
    mlflow: MlflowTier
    copies: CopyTier

    @classmethod
    def opened(
        cls, blobs: Blobs, tracking_uri: str, copies: Path, *, registry: RegistrySettings, serving: ServingSettings
    ) -> ModelSource:
        """Over the store in ``blobs``, MLflow at ``tracking_uri``, copies in a folder. Nothing is contacted yet."""
        from housing_assets.storage.backends.local_blobs import LocalBlobs

        name, alias = registry.model_name, registry.production_alias
        return cls(
            StoreTier(blobs, name, alias),
            MlflowTier(tracking_uri, name, serving.fetch_seconds),
            CopyTier(LocalBlobs(copies), name, serving.copies),
        )

    @property
    def tiers(self) -> tuple[Tier, ...]:
        return self.store, self.mlflow, self.copies

    def resolve(self, wanted: str) -> tuple[ModelReference, list[Failure]]:
        """The model that ``wanted``, an alias or the number of a version, names now.

        Raises:
            NoModelError: no source knows it.
        """
        failures: list[Failure] = []
        for tier in self.tiers:
            reference = attempt(tier, "reference", partial(tier.reference, wanted), failures)
            if reference is not None:
                return reference, failures
        raise NoModelError(wanted, failures)

    def load(self, wanted: str) -> ServedModel:
        """The model that ``wanted`` names, verified, and kept as the last verified copy.

        Raises:
            NoModelError: no source knows it, or none has its bytes undamaged.
            UntrustedTypesError: it is of types that are not on our list.
            RefusedModelError: it gives other prices than when it was registered.
        """
        reference, failures = self.resolve(wanted)
        return self.load_reference(wanted, reference, failures)

    def load_reference(self, wanted: str, reference: ModelReference, failures: list[Failure]) -> ServedModel:
        """As ``load``, of a reference that ``resolve`` gave."""
        record = self._record(reference, failures)
        for tier in self.tiers:
            content = attempt(tier, "weights", partial(verified, tier, reference), failures)
            if content is None:
                continue
            served = serve_model(reference, tier.name, content, record, failures)
            attempt(self.copies, "keep", partial(self._keep, wanted, reference, content, record), failures)
            return served
        raise NoModelError(wanted, failures)

    def _record(self, reference: ModelReference, failures: list[Failure]) -> dict[str, Any]:
        """What the first source that knows the version says of it; empty if none does."""
        for tier in self.tiers:
            record = attempt(tier, "record", partial(tier.record, reference), failures)
            if record is not None and (record["version"], record["digest"]) == reference.identity:
                return record
            if record is not None:
                failures.append(Failure(tier.name, "record", f"it is of version {record['version']}"))
        return {}

    def _keep(self, wanted: str, reference: ModelReference, content: bytes, record: dict[str, Any]) -> bool:
        self.copies.keep(wanted, reference, content, record or None)
        return True


def verified(tier: Tier, reference: ModelReference) -> bytes:
    """The bytes of ``tier``, if they have the digest."""
    content = tier.weights(reference)
    found = hashlib.sha256(content).hexdigest()
    if found != reference.digest:
        raise DamagedSourceError(f"its {len(content)} bytes have the SHA-256 {found[:12]}, not {reference.digest[:12]}")
    return content


def attempt(tier: Tier, what: str, ask: Callable[[], Answer], failures: list[Failure]) -> Answer | None:
    """What ``ask`` gives. If it fails in any way, the next source is asked, and the failure is noted."""
    try:
        return ask()
    except Exception as error:
        failures.append(Failure(tier.name, what, public_address(f"{type(error).__name__}: {error}")))
        return None
