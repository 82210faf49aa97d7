"""What the registry needs of the store: a model that is registered or was in production, what it was made of, and its
evaluations stay, and the copies of its registered files as long as MLflow has the version.

Without its evaluation, no gate could judge a version that is to be promoted long after it was registered. Serving and
a rollback go by the ledger, which knows versions that somebody deleted in MLflow, too.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from housing_assets.registry.package.repair import FOLDER, copy_name
from housing_assets.registry.tags import MANIFEST_TAG
from housing_assets.storage.objects import MissingObjectError

if TYPE_CHECKING:
    from housing_assets.registry.production.releases import Releases
    from housing_assets.storage.backends.blobs import BlobInfo


def registered_objects(releases: Releases) -> frozenset[str]:
    """Data versions of every model that is registered or in the ledger, of its evaluations and of what it was made of,
    as far as that is recorded.
    """
    digests = {version.digest for version in releases.registry.versions()}
    digests |= {entry.digest for entry in releases.ledger.entries()}
    evaluations = releases.store.history("model_evaluation")
    kept = digests | {
        each.stored.data_version for each in evaluations if each.parts["inputs"]["trained_model"] in digests
    }
    for digest in digests:
        try:
            kept |= {entry.stored.data_version for entry in releases.made_of(digest).values()}
        except MissingObjectError:  # registered from another store: its records were never here
            continue
    return frozenset(kept)


def unneeded_copies(releases: Releases, keep_days: float) -> list[BlobInfo]:
    """Copies of registered files that are older than ``keep_days``, of versions that the registry does not have."""
    before = datetime.now(UTC) - timedelta(days=keep_days)
    copies = [blob for blob in releases.store.blobs.list_blobs(FOLDER) if blob.created <= before]
    needed = {copy_name(version.tags.get(MANIFEST_TAG, "")) for version in releases.registry.versions()}
    return [blob for blob in copies if blob.name not in needed]
