"""Failures that pass, and failures that stay.

A storage that answers 503, a lost connection or a tracking server that restarts is tried again, with a pause that
doubles and a bound. A bad file, a failed gate or a bug fails at once: trying again would only hide it for a while.
Libraries raise the former under many names; those are told by name, so that none of them is imported for it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.storage.backends.blobs import ConcurrentUpdateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets.storage.project import Retries


FINDINGS = "findings"
"""Metadata of a failure: what is wrong with the data, a sentence each."""

TRANSIENT_STATUSES = frozenset({408, 429, 502, 503, 504})
"""HTTP: time-out, too many requests, and a server that is down or overloaded. MLflow says 500 of any mistake."""

TRANSIENT_TYPES = frozenset(
    {
        "builtins.ConnectionError",
        "builtins.TimeoutError",
        "google.api_core.exceptions.RetryError",
        "google.api_core.exceptions.ServerError",
        "google.api_core.exceptions.TooManyRequests",
        "google.auth.exceptions.TransportError",
        f"{ConcurrentUpdateError.__module__}.{ConcurrentUpdateError.__name__}",
        "requests.exceptions.ConnectionError",
        "requests.exceptions.Timeout",
        "sqlalchemy.exc.OperationalError",
        "urllib3.exceptions.HTTPError",
    }
)


@contextmanager
def retry_transient_failures(
    retries: Retries, retry_number: int, transient: frozenset[str] = frozenset()
) -> Iterator[None]:
    """Around the work of a step: ask Dagster for another attempt after a failure that may pass.

    Raises:
        dagster.RetryRequested: it may pass; ``retries`` says after how long, and how often at most.
        dagster.Failure: the data is at fault; the findings are its metadata.
        Exception: anything else, as it was raised.
    """
    try:
        yield
    except (dg.Failure, dg.RetryRequested):
        raise
    except Exception as error:
        if is_transient(error, transient):
            pause = retries.seconds * 2**retry_number
            raise dg.RetryRequested(max_retries=retries.attempts, seconds_to_wait=pause) from error
        findings = [str(finding) for finding in getattr(error, FINDINGS, ())]
        if findings:
            raise dg.Failure(str(error), {FINDINGS: dg.MetadataValue.json(findings)}, allow_retries=False) from error
        raise


def is_transient(error: BaseException, more: frozenset[str] = frozenset()) -> bool:
    """Whether ``error``, or what it was raised from, passes by itself: of a known type, or one of ``more``."""
    types = TRANSIENT_TYPES | more
    return any(status(cause) in TRANSIENT_STATUSES or types & names(cause) for cause in causes(error))


def causes(error: BaseException) -> Iterator[BaseException]:
    """``error``, what it was raised from or while handling, and so on."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        seen.append(cause)
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def names(error: BaseException) -> set[str]:
    return {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}


def status(error: Any) -> int | None:
    """The HTTP status that ``error`` is about, where Google, requests, urllib or MLflow keep it."""
    response = getattr(error, "response", None)
    found = [getattr(error, "code", None), getattr(response, "status_code", None)]
    if hasattr(error, "get_http_status_code"):
        found.append(error.get_http_status_code())
    return next((code for code in found if isinstance(code, int)), None)
