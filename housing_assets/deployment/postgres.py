"""The database of Dagster's history in the cloud, however its address is spelled.

Which class keeps the history, is said in ``dagster.yaml``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dagster_postgres import DagsterPostgresStorage

from housing_assets.deployment.postgres_address import sqlalchemy_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dagster._serdes import ConfigurableClassData


class PostgresStorage(DagsterPostgresStorage):
    """Dagster's storage in Postgres, at any spelling of its address."""

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Any:
        return cls(
            sqlalchemy_address(config_value["postgres_url"]),
            should_autocreate_tables=config_value.get("should_autocreate_tables", True),
            inst_data=inst_data,
        )


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


def has_table(address: str, name: str) -> bool:
    """Whether the database at ``address``, as ``sqlalchemy_address`` gives it, has a table of that name."""
    from sqlalchemy import create_engine, inspect

    engine = create_engine(address)
    try:
        return inspect(engine).has_table(name)
    finally:
        engine.dispose()
