"""What the history of runs says of the inbox. Nothing is remembered twice: the tags of the runs are the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets.automation.arrivals import Arrival
    from housing_assets.raw.inbox import Taken

TRIGGER_TAG = "housing/trigger"
FILE_TAG = "housing/file"
SENDER_TAG = "housing/sender"
DIGEST_TAG = "housing/digest"
PLACE_TAG = "housing/place"
INBOX = "inbox"

WILL_RETRY_TAG = "dagster/will_retry"
RETRIED_BY_TAG = "dagster/auto_retry_run_id"

UNFINISHED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
"""Without NOT_STARTED: so is a run whose daemon died between its creation and its launch, and requesting it again
launches it."""

RAW_ASSET = "raw_housing"


def request(arrival: Arrival, taken: Taken) -> dg.RunRequest:
    """A run of everything on the file; the key makes it one run however often it is requested."""
    return dg.RunRequest(
        run_key=arrival.place,
        run_config=config_of(taken.uri),
        tags={
            TRIGGER_TAG: INBOX,
            FILE_TAG: arrival.shown,
            SENDER_TAG: arrival.sender,
            DIGEST_TAG: taken.digest,
            PLACE_TAG: arrival.place,
        },
    )


def config_of(uri: str) -> dict[str, Any]:
    """Run configuration that reads the raw file at ``uri``, to which no configured checksum applies."""
    overrides = {"raw": {"uri": uri, "checksum": None}}
    return {"resources": {"settings": {"config": {"overrides": overrides}}}}


def raw_uri(run: dg.DagsterRun) -> str:
    """The inverse of ``config_of``."""
    config: Any = run.run_config
    return str(config["resources"]["settings"]["config"]["overrides"]["raw"]["uri"])


def in_progress(instance: dg.DagsterInstance) -> str | None:
    """The run of a file that has not come to its end, in words: unfinished, or failed and about to be retried."""
    ours = {TRIGGER_TAG: INBOX}
    unfinished = instance.get_runs(dg.RunsFilter(tags=ours, statuses=UNFINISHED), limit=1)
    latest = instance.get_runs(dg.RunsFilter(tags=ours), limit=1)
    found = [*unfinished, *(run for run in latest if has_retries_left(run))]
    return f"run {found[0].run_id[:8]} on {found[0].tags[FILE_TAG]}" if found else None


def has_retries_left(run: dg.DagsterRun) -> bool:
    """Whether the daemon is about to launch a retry, and has not yet."""
    return run.tags.get(WILL_RETRY_TAG) == "true" and RETRIED_BY_TAG not in run.tags


def source(instance: dg.DagsterInstance) -> dg.DagsterRun | None:
    """The run that made the raw table what it is now. One that failed later counts, one whose file was rejected not."""
    for record in materializations(instance):
        metadata = record.asset_materialization.metadata if record.asset_materialization else {}
        if "accepted" in metadata and metadata["accepted"].value:
            return instance.get_run_by_id(record.run_id)
    return None


def last_accepted_content(instance: dg.DagsterInstance) -> str | None:
    """The digest of the content that needs no further run: the raw table is made of it, by a run that succeeded.

    None after a run of another origin, or one that failed later. The same content then gets a run, in which everything
    that is known is reused.
    """
    run = source(instance)
    return run.tags.get(DIGEST_TAG) if run and run.status == dg.DagsterRunStatus.SUCCESS else None


def same_again(instance: dg.DagsterInstance) -> dg.RunRequest:
    """A run on the file from the inbox that the raw table is made of, or on what is configured if it is of no such."""
    run = source(instance)
    if run is None or PLACE_TAG not in run.tags:
        return dg.RunRequest()
    tags = {tag: run.tags[tag] for tag in (FILE_TAG, SENDER_TAG, DIGEST_TAG, PLACE_TAG)}
    return dg.RunRequest(run_config=config_of(raw_uri(run)), tags=tags)


def materializations(instance: dg.DagsterInstance) -> Iterator[dg.EventLogRecord]:
    """Those of the raw table, newest first."""
    cursor, more = None, True
    while more:
        page = instance.fetch_materializations(dg.AssetKey(RAW_ASSET), limit=20, cursor=cursor)
        yield from page.records
        cursor, more = page.cursor, page.has_more
