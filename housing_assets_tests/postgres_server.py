"""A real PostgreSQL on loopback, with a user whose password has every character that addresses trip over."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from housing_assets_tests.gcs_emulator import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

OWNER = "owner"
PASSWORD = "p@ss:w/rd?%4#&=+ é%"  # noqa: S105  of a database that lives as long as the tests
DATABASE = "history"


@dataclass(frozen=True)
class PostgresServer:
    """``folder`` has the socket."""

    programs: Path
    folder: Path
    port: int

    def sql(self, *statements: str, database: str = DATABASE) -> None:
        """Run ``statements`` as the owner of everything."""
        for statement in statements:
            where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER, "-d", database]
            environment = os.environ | {"PGPASSWORD": PASSWORD, "PGCLIENTENCODING": "UTF8"}
            subprocess.run(
                [self.programs / "psql", "-qX", "-v", "ON_ERROR_STOP=1", *where, "-c", statement],
                env=environment,
                check=True,
                capture_output=True,
            )


def programs() -> Path | None:
    """The folder with the server's programs: on PATH, or where Debian puts them."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


def account() -> str | None:
    """Who runs the server: it refuses to be run by root."""
    if os.geteuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server with an empty database ``history``."""
    with made() as server, running(server):
        server.sql(f"CREATE DATABASE {DATABASE}", database="postgres")
        yield server


@contextmanager
def made() -> Iterator[PostgresServer]:
    """The files of a server that was never started."""
    found = programs()
    if found is None:
        pytest.skip("there is no PostgreSQL server here: apt-get install postgresql")
    user = account()
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if user:
            shutil.chown(folder, user)
        server = PostgresServer(found, folder, free_port())
        make_files(server, user)
        yield server
    finally:
        shutil.rmtree(folder)


@contextmanager
def running(server: PostgresServer) -> Iterator[subprocess.Popen[bytes]]:
    """The server, in the foreground; it may be started again after it was killed."""
    process = start(server, account())
    try:
        wait_for(server, process)
        yield process
    finally:
        process.send_signal(signal.SIGINT)  # a server that is asked by SIGTERM waits for its clients
        process.wait()


def make_files(server: PostgresServer, user: str | None) -> None:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as password:
        password.write(PASSWORD)
        password.flush()
        if user:
            shutil.chown(password.name, user)
        encoding = ["-E", "UTF8", "--locale=C"]
        access = ["-U", OWNER, "--auth=scram-sha-256", f"--pwfile={password.name}"]
        subprocess.run(
            [server.programs / "initdb", "-D", server.folder / "data", *encoding, *access, "--no-sync"],
            user=user,
            cwd=server.folder,
            check=True,
            capture_output=True,
        )


def start(server: PostgresServer, user: str | None) -> subprocess.Popen[bytes]:
    options = {"listen_addresses": "127.0.0.1", "port": server.port, "fsync": "off"}
    options |= {"unix_socket_directories": server.folder}
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with (server.folder / "log").open("a") as log:
        return subprocess.Popen(
            [server.programs / "postgres", "-D", server.folder / "data", *settings],
            user=user,
            cwd=server.folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def wait_for(server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        ready = subprocess.run(
            [server.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(server.port)], check=False
        )
        if ready.returncode == 0:
            return
        time.sleep(0.05)
    pytest.fail(f"PostgreSQL did not start: {(server.folder / 'log').read_text()}")
