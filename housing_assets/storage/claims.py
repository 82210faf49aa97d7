"""Old objects that a run begins to rely on, beside a collector that may be about to remove them.

Both sides announce before they look. A run writes a claim and then looks for a notice of removal; the collector writes
a notice and then looks for claims. Whichever comes second sees the first: the collector spares what is claimed, and a
run takes what is under notice for gone.

::

    claims/<object name>/<random>    a run relies on the object
    notices/<object name>            a collector is about to remove it
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from housing_assets.storage.backends.blobs import Blobs

NOTICE_MINUTES = 60
"""A collector needs seconds between its notice and the removal; one that is older was left by a killed process."""


def claim(blobs: Blobs, name: str) -> bool:
    """Announce that a run relies on the object ``name``. False if a collector is about to remove it."""
    blobs.create(f"claims/{name}/{uuid.uuid4().hex}", b"claimed")
    since = datetime.now(UTC) - timedelta(minutes=NOTICE_MINUTES)
    notices = blobs.list_blobs(notice_name(name).rpartition("/")[0])
    return not any(notice.name == notice_name(name) and notice.created > since for notice in notices)


def notice_name(name: str) -> str:
    return f"notices/{name}"


def give_notice(blobs: Blobs, names: Iterable[str]) -> None:
    for name in names:
        blobs.create(notice_name(name), b"to be removed")


def withdraw_notice(blobs: Blobs, names: Iterable[str]) -> None:
    for name in names:
        blobs.delete(notice_name(name))


def claimed_names(blobs: Blobs, since: datetime) -> set[str]:
    """Objects that were claimed after ``since``."""
    claims = (blob for blob in blobs.list_blobs("claims") if blob.created > since)
    return {blob.name.removeprefix("claims/").rpartition("/")[0] for blob in claims}
