"""What the registry needs of the store: a registered model, what it was made of, and its evaluations stay.

Without its evaluation, no gate could judge a version that is to be promoted long after it was registered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.storage.objects import MissingObjectError

if TYPE_CHECKING:
    from housing_assets.registry.releases import Releases


def registered_objects(releases: Releases) -> frozenset[str]:
    """Data versions of every registered model, its evaluations and what it was made of, as far as that is recorded."""
    digests = {version.digest for version in releases.registry.versions()}
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
