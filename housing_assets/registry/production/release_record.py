"""What the store keeps of a version that goes into production, so that it is served without MLflow.

::

    releases/<model>/<digest>.json    version, data, evaluation, card, prices of its input example

The record is sealed by a checksum, as every record of the store is.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from housing_assets.registry.tags import DAGSTER_RUN_TAG, DATA_TAG
from housing_assets.storage.entry import seal, unseal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.storage.backends.blobs import Blobs

FOLDER = "releases"
CARD_FILE = "model_card.md"
EVALUATION_FILE = "evaluation.json"
SHOWN_METRICS = ("overall", "sampling_interval", "coverage")
"""Of an evaluation, what is said of a model that answers."""


def record_name(model_name: str, digest: str) -> str:
    return f"{FOLDER}/{model_name}/{digest}.json"


def describe_release(tags: Mapping[str, str], examples: Mapping[str, Any] | None, **facts: Any) -> dict[str, Any]:
    """The record of a version from its tags, the content of its ``EXAMPLE_FILE`` if it has one, and further facts."""
    return {
        "data_version": tags.get(DATA_TAG, ""),
        "git_commit": tags.get("git_commit", ""),
        "dagster_run_id": tags.get(DAGSTER_RUN_TAG, ""),
        "examples": examples,
        **facts,
    }


def evaluation_json(evaluation: Mapping[str, Any]) -> str:
    """The content of ``EVALUATION_FILE``."""
    return json.dumps({name: evaluation[name] for name in SHOWN_METRICS if name in evaluation}, indent=1)


def write_record(blobs: Blobs, model_name: str, record: Mapping[str, Any]) -> None:
    """Write the record of the version with the digest in it; a damaged or older one is replaced."""
    name, content = record_name(model_name, record["digest"]), seal(dict(record))
    present = blobs.read_versioned(name)
    if present is None:
        blobs.create(name, content)
    elif present.content != content:
        blobs.replace(name, content, present.token)


def read_record(blobs: Blobs, model_name: str, digest: str) -> dict[str, Any] | None:
    """The record of that digest, None if there is none.

    Raises:
        InvalidEntryError: it is damaged, or of another schema version.
    """
    content = blobs.read(record_name(model_name, digest))
    return None if content is None else unseal(content)


def examples_in(content: bytes | None) -> dict[str, Any] | None:
    """The example predictions in the bytes of ``EXAMPLE_FILE``; None for a version that was registered before them."""
    return None if content is None else dict(json.loads(content))
