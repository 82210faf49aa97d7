"""What the registry needs of the store: a registered model, and everything that it was made of, stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.storage.objects import MissingObjectError

if TYPE_CHECKING:
    from housing_assets.registry.office import Office


def registered_objects(office: Office) -> frozenset[str]:
    """Data versions of every registered model and of what it was made of, as far as that is still recorded."""
    digests = {version.digest for version in office.registry.versions()}
    kept = set(digests)
    for digest in digests:
        try:
            kept |= {entry.stored.data_version for entry in office.made_of(digest).values()}
        except MissingObjectError:  # registered from another store: its records were never here
            continue
    return frozenset(kept)
