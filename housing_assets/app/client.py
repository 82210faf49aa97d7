"""The API, asked over HTTP, and how it says no."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from housing_assets.errors import ExpectedError

SECONDS = 60.0
QUICK_SECONDS = 5.0
"""Of a look at whether the API is there."""


class ApiAwayError(ExpectedError, OSError):
    """Nothing answers at the address."""


class NoAnswerError(ExpectedError, RuntimeError):
    """The API answers, but has no prices now, or does not know the caller; the text is its own."""


class NoKeyError(NoAnswerError):
    """The API asks for a key, and the page has none, or another one."""


class RefusedError(ExpectedError, ValueError):
    """The request is wrong; ``faults`` have ``row``, ``field`` and ``reason`` each."""

    def __init__(self, faults: list[dict[str, Any]]) -> None:
        super().__init__("; ".join(f"{each['field']} {each['reason']}" for each in faults))
        self.faults = faults


@dataclass(frozen=True)
class ApiClient:
    """Asks the API at ``address``, with a key if it wants one."""

    address: str
    key: str = ""

    def get(self, path: str, *, seconds: float = SECONDS, **query: Any) -> Any:
        """The JSON at ``path``. Raises what ``ask`` raises."""
        return json.loads(self.ask(f"{path}?{urlencode(query)}" if query else path, seconds=seconds))

    def post(self, path: str, body: Any) -> Any:
        """The JSON that answers the JSON ``body``. Raises what ``ask`` raises."""
        return json.loads(self.ask(path, json.dumps(body).encode(), "application/json"))

    def ask(
        self, path: str, body: bytes | None = None, kind: str = "", *, seconds: float = SECONDS, accept: str = ""
    ) -> bytes:
        """The bytes of an answer; ``kind`` is the media type of ``body``, ``accept`` that of the answer.

        Raises:
            ApiAwayError: nothing answers.
            RefusedError: with every fault of the request.
            NoAnswerError: anything else, in a sentence.
        """
        named = {"Content-Type": kind, "Accept": accept}
        headers = {name: value for name, value in named.items() if value}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        request = Request(f"{self.address}{path}", body, headers)  # noqa: S310  the address is the user's
        try:
            with urlopen(request, timeout=seconds) as answer:  # noqa: S310
                content: bytes = answer.read()
                return content
        except HTTPError as error:
            raise refusal(error) from None
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise ApiAwayError(f"Nothing answers at {self.address}: {reason}") from None

    def price(
        self, instances: list[dict[str, Any]], coverage: float, *, model: str = "production", **more: Any
    ) -> dict[str, Any]:
        """Prices of rows with intervals of ``coverage``, with ``model`` and ``predictions``. Raises as ``ask``.

        ``more`` goes into the request: ``explain``, ``against``.
        """
        body = {"instances": instances, "coverage": coverage, **more}
        answer: dict[str, Any] = self.post(f"/api/v1/predict?{urlencode({'model': model})}", body)
        return answer


def refusal(error: HTTPError) -> ExpectedError:
    """What an answer of 400 and above says."""
    try:
        detail = json.loads(error.read())["detail"]
    except (ValueError, KeyError, TypeError, OSError):
        detail = f"the answer was {error.code} {error.reason}"
    if isinstance(detail, list):
        return RefusedError(detail)
    return NoKeyError(str(detail)) if error.code == 401 else NoAnswerError(str(detail))
