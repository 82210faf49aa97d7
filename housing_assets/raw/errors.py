"""Why a raw file could not be fetched: whether to try again, or to change something first."""

from __future__ import annotations

from housing_assets.errors import ExpectedError


class SourceError(ExpectedError, OSError):
    """It will fail again until somebody changes the address, the file, a permission or a setting."""


class TransientSourceError(SourceError):
    """It may work later: the network, or a server that is overloaded or restarting."""


MEGABYTE = 1_000_000


def too_large(place: str, size: int, maximum_megabytes: float) -> SourceError:
    return SourceError(
        f"{place} has {size / MEGABYTE:.1f} MB or more; raw.maximum_megabytes allows {maximum_megabytes:g}"
    )


def connection_errors() -> tuple[type[Exception], ...]:
    """What is raised for a connection that cannot be made, falls silent or ends too early."""
    import requests
    import urllib3.exceptions as urllib3

    broken = requests.ConnectionError, requests.exceptions.ChunkedEncodingError, urllib3.ProtocolError
    return *broken, requests.Timeout, urllib3.TimeoutError
