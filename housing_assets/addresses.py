"""Addresses without their secrets: what may be shown, recorded or sent elsewhere."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

HARMLESS = frozenset({"alt", "download", "format", "generation", "raw", "version", "versionId"})
"""Parts of a query that say which file is meant. Every other one may be a key or a signature."""


def public_address(address: str) -> str:
    """``address`` without user, password, fragment, and every part of the query that is not known to be harmless.

    A path of this machine is left as it is.
    """
    if "://" not in address:
        return address
    scheme, _, rest = address.partition("://")
    before, _, after = rest.rpartition("@")
    if any(sign in before for sign in ":?#"):  # signs of a password, quoted or not, or of a query: the rest is host
        return public_address(f"{scheme}://{after}")
    parts = urlsplit(address)
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name in HARMLESS])
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))


def has_secret(address: str) -> bool:
    """Whether ``public_address`` takes anything away."""
    return "://" in address and len(public_address(address)) < len(address)


def public_texts(value: Any) -> Any:
    """``value``, which is plain JSON, with ``public_address`` of every text in it."""
    if isinstance(value, str):
        return public_address(value)
    if isinstance(value, list):
        return [public_texts(item) for item in value]
    if isinstance(value, dict):
        return {name: public_texts(item) for name, item in value.items()}
    return value
