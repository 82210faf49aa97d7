"""Names of the tags by which a registered version says what it is."""

from __future__ import annotations

DIGEST_TAG = "housing.digest"
MANIFEST_TAG = "housing.manifest_sha256"
DATA_TAG = "housing.data_fingerprint"
DAGSTER_RUN_TAG = "dagster.run_id"
