"""Addresses of Postgres databases, however they are spelled.

SQLAlchemy takes ``postgresql://`` for a driver that is not installed, ``postgres://`` for none at all, and breaks an
address at the first ``@``, ``/`` or ``#`` of a password that is not quoted. Hosting services give all of these.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, unquote

from housing_assets.errors import ExpectedError

DRIVER = "postgresql+psycopg2"
SPELLINGS = "postgresql://user:password@host:5432/name, postgres://..., or host=... dbname=... user=... password=..."
SCHEME = re.compile(r"(?:jdbc:)?(?:postgres|postgresql|pgsql)(?:\+\w+)?://(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
PLACE = r"(?P<hosts>[^@/?#\s]*)(?:/(?P<name>[^?#]*))?(?:\?(?P<query>.*))?"
QUOTED = re.compile(rf"(?:(?P<user>[^:@/?#]*)(?::(?P<password>[^@/?#]*))?@)?{PLACE}")
UNQUOTED = re.compile(rf"(?P<user>[^:/?#]*):(?P<password>.*)@{PLACE}", re.DOTALL)
ESCAPES = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*", re.DOTALL)


class PostgresAddressError(ExpectedError, ValueError):
    """An address of a database that cannot be understood. The text does not quote it."""


def sqlalchemy_address(address: str, variable: str = "DAGSTER_POSTGRES_URL") -> str:
    """``address`` as SQLAlchemy and the installed driver understand it.

    A user or password is taken literally if it cannot be a quoted one.

    Args:
        address: in any spelling.
        variable: where it was found, for the text of an error.

    Raises:
        PostgresAddressError: not an address of a Postgres database.
    """
    from sqlalchemy import URL

    parts = parts_of(address.strip())
    if parts is None:
        raise PostgresAddressError(f"{variable} is not understood; expected {SPELLINGS}")
    return URL.create(DRIVER, **parts).render_as_string(hide_password=False)


def parts_of(address: str) -> dict[str, Any] | None:
    """User, password, name, and the rest as a query, which takes several hosts, and sockets; None if it is none."""
    with_scheme = SCHEME.fullmatch(address)
    if not with_scheme:
        return parts_of_keywords(address)
    rest = with_scheme["rest"]
    quoted, unquoted = QUOTED.fullmatch(rest), UNQUOTED.fullmatch(rest)
    found = quoted if quoted and (not unquoted or is_whole(quoted)) else unquoted
    hosts = places(found["hosts"]) if found else None
    if not found or hosts is None:
        return None
    query = dict(parse_qsl(found["query"] or "", keep_blank_values=True))
    user, password = (query.pop(name, None) for name in ("user", "password"))
    return {
        "username": plain(found["user"]) or user,
        "password": plain(found["password"]) or password,
        "database": plain(found["name"]) or query.pop("dbname", None),
        "query": hosts | query,
    }


def is_whole(quoted: re.Match[str]) -> bool:
    """Whether what follows the first ``@`` is no rest of a password that is not quoted: it has a place and options."""
    from psycopg2 import ProgrammingError
    from psycopg2.extensions import make_dsn

    try:
        make_dsn(**dict(parse_qsl(quoted["query"] or "", keep_blank_values=True)))
    except (ProgrammingError, TypeError):
        return False
    return "@" not in (quoted["name"] or "") and quoted["user"] is not None


def parts_of_keywords(address: str) -> dict[str, Any] | None:
    """Of libpq's own form, ``host=... dbname=...``."""
    from psycopg2 import ProgrammingError
    from psycopg2.extensions import parse_dsn

    try:
        query = parse_dsn(address)
    except ProgrammingError:
        query = {}
    if not query:
        return None
    named = {"username": "user", "password": "password", "database": "dbname"}
    return {part: query.pop(name, None) for part, name in named.items()} | {"query": query}


def places(hosts: str) -> dict[str, str] | None:
    """Hosts and ports as libpq's own parameters, which take several, IPv6 and the folder of a socket."""
    pairs = [re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(\d*))?", host) for host in hosts.split(",")]
    if not all(pairs):
        return None
    names = [unquote(pair[1]).strip("[]") for pair in pairs if pair]
    ports = [pair[2] or "" for pair in pairs if pair]
    return {name: ",".join(values) for name, values in {"host": names, "port": ports}.items() if any(values)}


def plain(part: str | None) -> str | None:
    """``part`` without its quotes, or as it is if a percent sign in it quotes nothing."""
    return unquote(part) if part and ESCAPES.fullmatch(part) else part
