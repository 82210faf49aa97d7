"""The database of Dagster's history in the cloud, however its address is spelled.

SQLAlchemy takes ``postgresql://`` for a driver that is not installed, ``postgres://`` for none at all, and breaks an
address at the first ``@``, ``/`` or ``#`` of a password that is not quoted. Hosting services give all of these.

Which class keeps the history, is said in ``dagster.yaml``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from dagster_postgres import DagsterPostgresStorage

from housing_assets.errors import ExpectedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagster._serdes import ConfigurableClassData

DRIVER = "postgresql+psycopg2"
SPELLINGS = "postgresql://user:password@host:5432/name, postgres://..., or host=... dbname=... user=... password=..."
SCHEME = re.compile(r"(?:jdbc:)?(?:postgres|postgresql|pgsql)(?:\+\w+)?://(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
PLACE = r"(?P<hosts>[^@/?#\s]*)(?:/(?P<name>[^?#]*))?(?:\?(?P<query>.*))?"
QUOTED = re.compile(rf"(?:(?P<user>[^:@/?#]*)(?::(?P<password>[^@/?#]*))?@)?{PLACE}")
UNQUOTED = re.compile(rf"(?P<user>[^:/?#]*):(?P<password>.*)@{PLACE}", re.DOTALL)
ESCAPES = re.compile(r"(?:[^%]|%[0-9A-Fa-f]{2})*", re.DOTALL)


class PostgresAddressError(ExpectedError, ValueError):
    """An address of a database that cannot be understood. The text does not quote it."""


class PostgresStorage(DagsterPostgresStorage):
    """Dagster's storage in Postgres, at any spelling of its address."""

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Any:
        return cls(
            sqlalchemy_address(config_value["postgres_url"]),
            should_autocreate_tables=config_value.get("should_autocreate_tables", True),
            inst_data=inst_data,
        )


def sqlalchemy_address(address: str) -> str:
    """``address`` as SQLAlchemy and the installed driver understand it.

    A user or password is taken literally if it cannot be a quoted one.

    Raises:
        PostgresAddressError: not an address of a Postgres database.
    """
    from sqlalchemy import URL

    return URL.create(DRIVER, **parts_of(address.strip())).render_as_string(hide_password=False)


def parts_of(address: str) -> dict[str, Any]:
    """User, password, name and the rest as a query, which takes any number of hosts, and sockets."""
    with_scheme = SCHEME.fullmatch(address)
    if not with_scheme:
        return parts_of_keywords(address)
    rest = with_scheme["rest"]
    quoted, unquoted = QUOTED.fullmatch(rest), UNQUOTED.fullmatch(rest)
    found = quoted if quoted and (not unquoted or is_whole(quoted)) else unquoted
    if not found:
        raise PostgresAddressError(f"DAGSTER_POSTGRES_URL is not understood; expected {SPELLINGS}")
    query = dict(parse_qsl(found["query"] or "", keep_blank_values=True))
    user, password = (query.pop(name, None) for name in ("user", "password"))
    return {
        "username": plain(found["user"]) or user,
        "password": plain(found["password"]) or password,
        "database": plain(found["name"]) or query.pop("dbname", None),
        "query": places(found["hosts"]) | query,
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


def parts_of_keywords(address: str) -> dict[str, Any]:
    """Of libpq's own form, ``host=... dbname=...``."""
    from psycopg2 import ProgrammingError
    from psycopg2.extensions import parse_dsn

    try:
        query = parse_dsn(address)
    except ProgrammingError:
        query = {}
    if not query:
        raise PostgresAddressError(f"DAGSTER_POSTGRES_URL is not understood; expected {SPELLINGS}")
    named = {"username": "user", "password": "password", "database": "dbname"}
    return {part: query.pop(name, None) for part, name in named.items()} | {"query": query}


def places(hosts: str) -> dict[str, str]:
    """Hosts and ports as libpq's own parameters, which take several, IPv6 and the folder of a socket."""
    pairs = [re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(\d*))?", host) for host in hosts.split(",")]
    if not all(pairs):
        raise PostgresAddressError(f"DAGSTER_POSTGRES_URL has no host that is understood; expected {SPELLINGS}")
    names = [unquote(pair[1]).strip("[]") for pair in pairs if pair]
    ports = [pair[2] or "" for pair in pairs if pair]
    return {name: ",".join(values) for name, values in {"host": names, "port": ports}.items() if any(values)}


def plain(part: str | None) -> str | None:
    """``part`` without its quotes, or as it is if a percent sign in it quotes nothing."""
    return unquote(part) if part and ESCAPES.fullmatch(part) else part


def probe(address: str, timeout_seconds: int) -> str:
    """What answers at ``address``: its version, name and user.

    Raises:
        PostgresAddressError: not an address of a Postgres database.
        ConnectionError: it does not answer, refuses us, or lets us make no tables.
    """
    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import DBAPIError

    question = "SELECT version(), current_database(), current_user, has_schema_privilege(current_schema(), 'CREATE')"
    engine = create_engine(sqlalchemy_address(address), connect_args={"connect_timeout": timeout_seconds})
    try:
        with engine.connect() as connection:
            version, name, user, may_create = connection.execute(text(question)).one()
    except DBAPIError as error:
        raise ConnectionError(str(error.orig).strip()) from None
    finally:
        engine.dispose()
    if not may_create:
        raise ConnectionError(f"{user} may not make tables in {name}: GRANT CREATE ON SCHEMA public TO {user}")
    return f"{version.split(' (')[0].split(' on ')[0]}, database {name}, user {user}"
