"""Dagster's SQLite event log with its databases kept open.

Dagster's own opens a database anew, with a new SQLAlchemy engine, for each of the two to five statements that an event
takes. A run in which nothing is stale writes some 250 events and does little else, so that this was half of its time.
Files, tables and migrations stay Dagster's: either class reads what the other wrote.

Which event log is used, is said in ``dagster.yaml``.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.polling_event_watcher import SqlPollingEventWatcher
from sqlalchemy import create_engine, event, inspect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagster._core.event_api import EventHandlerFn
    from dagster._serdes import ConfigurableClassData
    from sqlalchemy.engine import Connection, Engine

INDEX = "index"
OPEN_RUNS = 4
"""Every run has a database of its own; those used last are kept open, beside the index of all runs."""
BUSY_SECONDS = 30


class PooledSqliteEventLogStorage(SqliteEventLogStorage):
    """The same event log, over pooled connections."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._runs: dict[str, Engine] = {}
        self._watcher: SqlPollingEventWatcher | None = None
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> PooledSqliteEventLogStorage:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def has_table(self, table_name: str) -> bool:
        return inspect(self._index).has_table(table_name)

    def watch(self, run_id: str, cursor: str | None, callback: EventHandlerFn) -> None:
        """Poll: Dagster's watcher waits for a change of the file, which an open database need not make."""
        self._watcher = self._watcher or SqlPollingEventWatcher(self)
        self._watcher.watch_run(run_id, cursor, callback)

    def end_watch(self, run_id: str, handler: EventHandlerFn) -> None:
        if self._watcher:
            self._watcher.unwatch_run(run_id, handler)

    def wipe(self) -> None:
        self._close()
        super().wipe()

    def dispose(self) -> None:
        if self._watcher:
            self._watcher.close()
        self._close()
        super().dispose()

    @cached_property
    def _index(self) -> Engine:
        return self._opened(INDEX)

    def _engine(self, shard: str) -> Engine:
        """The open database, the least recently used one making room for that of another run."""
        if shard == INDEX:
            return self._index
        self._runs[shard] = self._runs.pop(shard) if shard in self._runs else self._opened(shard)
        if len(self._runs) > OPEN_RUNS:
            self._runs.pop(next(iter(self._runs))).dispose()
        return self._runs[shard]

    def _opened(self, shard: str) -> Engine:
        engine = create_engine(self.conn_string_for_shard(shard), connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _relax)
        # Dagster would load all its migrations to see that there is nothing to do.
        if not inspect(engine).has_table("alembic_version"):
            self._initdb(engine, for_index_shard=shard == INDEX)
        return engine

    def _close(self) -> None:
        self._index.dispose()
        while self._runs:
            self._runs.popitem()[1].dispose()


def _relax(connection: Any, _record: Any) -> None:
    """Wait for the disk at checkpoints only: a power cut may lose the last events, never the database.

    Source: SQLite's documentation of ``PRAGMA synchronous`` for databases in WAL mode.
    """
    connection.execute("PRAGMA synchronous=NORMAL")
