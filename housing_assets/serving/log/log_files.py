"""Names of the files of a log, and how one is written."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from housing_assets.storage.backends.blobs import BlobInfo, Blobs

ANSWERS = "predictions_log"
OUTCOMES = "outcomes"
DAY = "date="


def day_folder(folder: str, day: str) -> str:
    return f"{folder}/{DAY}{day}"


def day_at(seconds: float) -> str:
    """The day in UTC of a moment in seconds since 1970, as ``YYYY-MM-DD``."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


def write_lines(blobs: Blobs, folder: str, day: str, lines: Sequence[bytes]) -> str:
    """Write ``lines`` as a new file of ``day``, and give its name. Whatever the store raises is raised."""
    name = f"{day_folder(folder, day)}/{datetime.now(UTC):%H%M%S}-{uuid.uuid4().hex}.{len(lines)}.jsonl"
    blobs.create(name, b"".join(lines))
    return name


def lines_in(name: str) -> int:
    """How many lines the name of a file says that it has; 0 if it says nothing."""
    count = name.removesuffix(".jsonl").rpartition(".")[2]
    return int(count) if count.isdigit() else 0


def files_of(blobs: Blobs, folder: str, day: str) -> list[BlobInfo]:
    """Those of one day, by name."""
    found = blobs.list_blobs(day_folder(folder, day))
    return sorted((blob for blob in found if blob.name.endswith(".jsonl")), key=lambda blob: blob.name)


def days_in(blobs: Blobs, folder: str) -> list[str]:
    """The days of which there are files, in their order; what is no day is left out."""
    found = {blob.name.split("/")[1].removeprefix(DAY) for blob in blobs.list_blobs(folder)}
    return sorted(day for day in found if is_day(day))


def is_day(text: str) -> bool:
    """Whether it is a day as ``YYYY-MM-DD``; ISO 8601 has other spellings, which no folder has."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def remove_days(blobs: Blobs, folder: str, before: str, *, dry_run: bool) -> list[str]:
    """Names of the files of days before ``before``, which are removed unless it is a dry run."""
    names = [blob.name for blob in blobs.list_blobs(folder)]
    old = [name for name in names if is_day(day := name.split("/")[1].removeprefix(DAY)) and day < before]
    for name in old if not dry_run else ():
        blobs.delete(name)
    return old


def old_records(blobs: Blobs, days: int, *, dry_run: bool) -> list[str]:
    """As ``remove_days``, of answers and outcomes that are older than so many ``days``."""
    before = (datetime.now(UTC).date() - timedelta(days=days)).isoformat()
    return [name for folder in (ANSWERS, OUTCOMES) for name in remove_days(blobs, folder, before, dry_run=dry_run)]
