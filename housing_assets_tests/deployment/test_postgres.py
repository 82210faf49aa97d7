"""Every spelling of the address of a database works on a real one, and is refused without being quoted otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url

from housing_assets.deployment.postgres import probe
from housing_assets.deployment.postgres_address import PostgresAddressError, sqlalchemy_address
from housing_assets_tests.conftest import ROOT
from housing_assets_tests.postgres_server import DATABASE, OWNER, PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets_tests.postgres_server import PostgresServer

Q = quote(PASSWORD, safe="")
SPELLINGS = {
    "quoted": f"postgresql://{OWNER}:{Q}@127.0.0.1:PORT/{DATABASE}",
    "not quoted": f"postgresql://{OWNER}:{PASSWORD}@127.0.0.1:PORT/{DATABASE}",
    "short": f"postgres://{OWNER}:{Q}@127.0.0.1:PORT/{DATABASE}",
    "upper case": f"POSTGRES://{OWNER}:{Q}@127.0.0.1:PORT/{DATABASE}",
    "this driver": f"postgresql+psycopg2://{OWNER}:{Q}@127.0.0.1:PORT/{DATABASE}",
    "another driver": f"postgresql+psycopg://{OWNER}:{Q}@127.0.0.1:PORT/{DATABASE}",
    "with options": f"postgresql://{OWNER}:{Q}@127.0.0.1:PORT/{DATABASE}?sslmode=prefer&application_name=a%40b",
    "not quoted, with options": f"postgresql://{OWNER}:{PASSWORD}@127.0.0.1:PORT/{DATABASE}?sslmode=prefer",
    "of Java": f"jdbc:postgresql://127.0.0.1:PORT/{DATABASE}?user={OWNER}&password={quote_plus(PASSWORD)}",
    "several hosts": f"postgresql://{OWNER}:{Q}@127.0.0.1:1,127.0.0.1:PORT/{DATABASE}",
    "socket in the host": f"postgresql://{OWNER}:{Q}@SOCKET_QUOTED:PORT/{DATABASE}",
    "socket as an option": f"postgresql://{OWNER}:{Q}@/{DATABASE}?host=SOCKET&port=PORT",
    "keywords": f"host=127.0.0.1 port=PORT dbname={DATABASE} user={OWNER} password='{PASSWORD}'",
    "with blanks around": f"  postgres://{OWNER}:{Q}@127.0.0.1:PORT/{DATABASE}\n",
}


def address(spelling: str, server: PostgresServer) -> str:
    folder = str(server.folder)
    places = {"SOCKET_QUOTED": quote(folder, safe=""), "SOCKET": folder, "PORT": str(server.port)}
    for name, value in places.items():
        spelling = spelling.replace(name, value)
    return spelling


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_the_database_answers(spelling: str, postgres_server: PostgresServer):
    answer = probe(address(spelling, postgres_server), 5)
    assert answer.startswith("PostgreSQL ")
    assert answer.endswith(f", database {DATABASE}, user {OWNER}")


@pytest.mark.parametrize("spelling", ["not quoted", "short", "keywords"])
def test_dagster_keeps_its_history_there(
    spelling: str, postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """By the instance file of the cloud, but for the logs, which want a bucket."""
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", address(SPELLINGS[spelling], postgres_server))
    text = (ROOT / "housing_assets" / "deployment" / "dagster.yaml").read_text()
    before, _, after = text.partition("compute_logs:")
    (tmp_path / "dagster.yaml").write_text(f"{before}\nconcurrency:{after.partition('concurrency:')[2]}")

    @dg.job
    def nothing() -> None: ...

    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        run_id = nothing.execute_in_process(instance=instance).run_id
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        run = instance.get_run_by_id(run_id)
        assert run is not None
        assert run.is_success


def test_a_wrong_password_is_said_without_showing_it(postgres_server: PostgresServer):
    wrong = f"postgres://{OWNER}:s3cr3t@127.0.0.1:{postgres_server.port}/{DATABASE}"
    with pytest.raises(ConnectionError, match="password authentication failed") as refusal:
        probe(wrong, 5)
    assert "s3cr3t" not in str(refusal.value)


def test_a_user_who_may_make_no_tables_is_told_how(postgres_server: PostgresServer):
    postgres_server.sql("DROP ROLE IF EXISTS reader", "CREATE ROLE reader LOGIN PASSWORD 'reader'")
    with pytest.raises(ConnectionError, match="GRANT CREATE ON SCHEMA public TO reader"):
        probe(f"postgres://reader:reader@127.0.0.1:{postgres_server.port}/{DATABASE}", 5)


def test_nobody_there_is_said():
    with pytest.raises(ConnectionError, match="refused"):
        probe("postgres://me:s3cr3t@127.0.0.1:1/none", 5)


@pytest.mark.parametrize(
    "address",
    ["", "s3cr3t", "mysql://me:s3cr3t@host/name", "postgresql:/me:s3cr3t@host", "postgres://me:s3cr3t@a:b:c/d"],
)
def test_what_is_no_address_is_refused_without_being_shown(address: str):
    with pytest.raises(PostgresAddressError, match="DAGSTER_POSTGRES_URL") as refusal:
        sqlalchemy_address(address)
    assert "s3cr3t" not in str(refusal.value)


NAME = st.text(min_size=1, max_size=12).filter(lambda text: text.isprintable())


@given(user=NAME, password=NAME, name=NAME)
def test_what_is_quoted_comes_out_as_it_was(user: str, password: str, name: str):
    found = make_url(
        sqlalchemy_address(
            f"postgres://{quote(user, safe='')}:{quote(password, safe='')}@host:1/{quote(name, safe='')}"
        )
    )
    assert (found.username, found.password, found.database) == (user, password, name)


@given(password=st.text("abc@:/?#&=+ é", min_size=1, max_size=12))
def test_a_password_that_is_not_quoted_comes_out_as_it_was(password: str):
    found = make_url(sqlalchemy_address(f"postgres://me:{password}@host:1/name?sslmode=require"))
    assert (found.password, found.database, found.query["host"]) == (password, "name", "host")
