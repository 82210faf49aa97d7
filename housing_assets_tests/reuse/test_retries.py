from __future__ import annotations

import urllib.error
from email.message import Message
from typing import TYPE_CHECKING

import dagster as dg
import pytest
import requests
from google.api_core import exceptions as google
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import TEMPORARILY_UNAVAILABLE

from housing_assets.domain.data.validation import Finding, RawDataError
from housing_assets.project import PROJECT, retries
from housing_assets.raw.errors import SourceError, TransientSourceError
from housing_assets.reuse.retries import FINDINGS, is_transient, retry_transient_failures
from housing_assets.settings import load_settings
from housing_assets.storage.backends.blobs import ConcurrentUpdateError

if TYPE_CHECKING:
    from collections.abc import Callable

RETRIES = retries(load_settings({"automation": {"step_retries": 3, "retry_seconds": 5}}))


def raised(error: BaseException, retry_number: int = 0) -> BaseException:
    with pytest.raises(BaseException) as caught, retry_transient_failures(RETRIES, retry_number, PROJECT.transient):  # noqa: PT011  any is what is asked
        raise error
    return caught.value


def caused(action: Callable[[], None]) -> Exception:
    """What a library raises in place of what it caught."""
    try:
        try:
            action()
        except Exception as error:
            raise MlflowException(f"API request failed with {error}")  # noqa: B904  as MLflow does it
    except MlflowException as error:
        return error


def refuse() -> None:
    raise requests.ConnectionError("connection refused")


def answered(status: int) -> requests.HTTPError:
    response = requests.Response()
    response.status_code = status
    return requests.HTTPError(str(status), response=response)


@pytest.mark.parametrize(
    "error",
    [
        TransientSourceError("the server is overloaded"),
        ConcurrentUpdateError("somebody else was faster"),
        google.ServiceUnavailable("503"),
        google.InternalServerError("500"),
        google.TooManyRequests("429"),
        requests.ConnectionError("refused"),
        requests.Timeout("too slow"),
        answered(503),
        urllib.error.HTTPError("http://x", 502, "bad gateway", Message(), None),
        ConnectionResetError("reset"),
        TimeoutError("too slow"),
        MlflowException("busy", error_code=TEMPORARILY_UNAVAILABLE),
    ],
    ids=lambda error: type(error).__name__ + str(error)[:4],
)
def test_failures_that_pass(error: Exception):
    assert is_transient(error, PROJECT.transient)


@pytest.mark.parametrize(
    "error",
    [
        SourceError("there is no such file"),
        RawDataError([Finding("(file)", "empty")]),
        google.NotFound("404"),
        google.Forbidden("403"),
        answered(404),
        urllib.error.HTTPError("http://x", 401, "who are you", Message(), None),
        MlflowException("no such model"),
        KeyError("a bug"),
        ValueError("a bug"),
        FileNotFoundError("gone"),
    ],
    ids=lambda error: type(error).__name__ + str(error)[:4],
)
def test_failures_that_stay(error: Exception):
    assert not is_transient(error, PROJECT.transient)


def test_a_failure_is_known_by_what_it_was_raised_from():
    error = ValueError("no model")
    error.__cause__ = ConnectionRefusedError("the registry is down")
    assert is_transient(error, PROJECT.transient)


def test_a_failure_is_known_by_what_was_being_handled():
    assert is_transient(caused(refuse), PROJECT.transient)


def test_what_was_handled_on_purpose_does_not_count():
    error = ValueError("a file that cannot be used")
    error.__context__, error.__suppress_context__ = ConnectionResetError("before"), True
    assert not is_transient(error, PROJECT.transient)


def test_an_error_that_is_its_own_cause_is_looked_at_once():
    error, other = ValueError("one"), ValueError("other")
    error.__cause__, other.__cause__ = other, error
    assert not is_transient(error, PROJECT.transient)


def test_a_failure_that_passes_is_tried_again():
    assert isinstance(raised(TransientSourceError("down")), dg.RetryRequested)


def test_retries_are_bounded():
    assert raised(TransientSourceError("down")).max_retries == 3


@pytest.mark.parametrize(("number", "seconds"), [(0, 5), (1, 10), (2, 20)])
def test_pauses_double(number: int, seconds: float):
    assert raised(TransientSourceError("down"), number).seconds_to_wait == seconds


def test_bad_data_is_not_tried_again():
    assert raised(RawDataError([Finding("(file)", "empty")])).allow_retries is False


def test_findings_are_told():
    failure = raised(RawDataError([Finding("(file)", "empty"), Finding("longitude", "missing column")]))
    assert failure.metadata[FINDINGS].value == ["(file): empty", "longitude: missing column"]


def test_a_bug_is_raised_as_it_is():
    error = KeyError("a bug")
    assert raised(error) is error


def test_what_was_told_apart_already_is_raised_as_it_is():
    error = dg.Failure("a gate", allow_retries=False)
    assert raised(error) is error


def test_work_that_succeeds_is_left_alone():
    with retry_transient_failures(RETRIES, 0):
        pass
