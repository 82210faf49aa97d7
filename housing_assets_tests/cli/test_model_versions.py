"""Promotion from a terminal. The gates of ``pipeline.yaml`` refuse the small model, those of ``releases_of`` do not."""

from __future__ import annotations

import getpass
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from housing_assets.domain.gates.catalogue import GATES
from housing_assets_tests.cli.commands import housing, refused
from housing_assets_tests.finished_run import evaluated, releases_of
from housing_assets_tests.registry.models import registered

if TYPE_CHECKING:
    from housing_assets_tests.small_run import SmallRun

PERSON = {"who": "Ada", "why": "a test"}


@pytest.fixture
def promoted(finished_run: SmallRun) -> SmallRun:
    releases_of(finished_run).promote(1, **PERSON)
    return finished_run


@pytest.fixture
def twice_promoted(promoted: SmallRun) -> SmallRun:
    releases = releases_of(promoted)
    evaluated(promoted, registered(releases.registry).digest)
    releases.promote(2, **PERSON)
    return promoted


def damage(run: SmallRun) -> None:
    """The last byte of every registered model."""
    for file in (run.home / "mlartifacts").rglob("model.skops"):
        file.write_bytes(file.read_bytes()[:-1] + b"#")


def registered_folder(run: SmallRun) -> Path:
    return Path(releases_of(run).registry.version(1).files.removeprefix("file://"))


def forget_copies(run: SmallRun) -> None:
    for blob in list(run.store.blobs.list_blobs("registered")):
        run.store.blobs.delete(blob.name)


def test_the_gates_refuse_by_one_message_with_every_reason(finished_run: SmallRun):
    message = refused("promote", "1", "--why", "release")
    assert message.startswith("housing: models:/california_housing_price/1 stays out of production. ")
    assert all(f"{gate}: " in message for gate in ("mae", "rmse", "r2"))


def test_promotion_says_what_is_in_production_now(promoted: SmallRun):
    result = housing("promote", "staging", "--why", "again")
    assert result.exit_code == 0
    assert result.stdout.strip().endswith("promotion nothing → version 1  Ada: a test")


def test_promotion_needs_a_reason(finished_run: SmallRun):
    assert "give --why" in refused("promote", "1", "--why", " ")
    assert "Missing option '--why'" in housing("promote", "1").stderr


def test_an_unknown_version_is_named_with_the_known_ones(finished_run: SmallRun):
    assert "no version or alias '7'. Versions: 1; aliases: staging (1)" in refused("promote", "7", "--why", "release")


def test_rollback_names_who_went_back_and_why(twice_promoted: SmallRun):
    result = housing("rollback", "--why", "complaints")
    assert result.stdout.strip().endswith(f"rollback  version 2 → version 1  {getpass.getuser()}: complaints")


def test_there_is_nothing_to_roll_back_to(promoted: SmallRun):
    assert "nothing else was in production" in refused("rollback", "--why", "complaints")


def test_what_was_never_in_production_cannot_come_back(promoted: SmallRun):
    registered(releases_of(promoted).registry)
    assert "was never in production: `housing promote 2`" in refused("rollback", "--to", "2", "--why", "complaints")


def test_a_damaged_version_does_not_come_back(twice_promoted: SmallRun):
    damage(twice_promoted)
    assert "model.skops" in refused("rollback", "--why", "complaints")


def test_an_empty_ledger_says_how_to_promote(finished_run: SmallRun):
    assert housing("ledger").stdout == "nothing is in production yet: housing promote VERSION --why REASON\n"


def test_the_ledger_has_a_line_for_each_change(twice_promoted: SmallRun):
    lines = housing("ledger").stdout.splitlines()
    assert [line.split("  ")[-2] for line in lines] == [
        "promotion nothing → version 1",
        "promotion version 1 → version 2",
    ]


def test_the_ledger_as_json_has_the_verdicts(promoted: SmallRun):
    (entry,) = json.loads(housing("ledger", "--json").stdout)
    assert {gate["name"] for gate in entry["gates"]} == {gate.name for gate in GATES["model_evaluation"]}


def test_a_damaged_ledger_is_named(promoted: SmallRun):
    (blob,) = promoted.store.blobs.list_blobs("ledger")
    (promoted.home / "store" / blob.name).write_text("{}")
    assert "is no ledger entry" in refused("ledger")


def test_an_intact_version_is_verified(finished_run: SmallRun):
    result = housing("verify", "1")
    assert result.exit_code == 0
    assert result.stdout.startswith("models:/california_housing_price/1: ")
    assert result.stdout.endswith(" file(s) are what was registered\n")


def test_a_damaged_version_is_refused_with_the_file(finished_run: SmallRun):
    damage(finished_run)
    assert "models:/california_housing_price/1 is refused: model.skops" in refused("verify", "1")


def test_a_damaged_version_is_repaired_from_the_store(finished_run: SmallRun):
    damage(finished_run)
    assert "`housing repair 1`" in refused("verify", "1")
    repaired = housing("repair", "1")
    assert (repaired.exit_code, repaired.stdout.partition(",")[0]) == (
        0,
        "models:/california_housing_price/1: 1 fault(s) mended",
    )
    assert housing("verify", "1").exit_code == 0


def test_a_version_whose_folder_is_gone_is_repaired(finished_run: SmallRun):
    shutil.rmtree(registered_folder(finished_run))
    assert housing("repair", "1").exit_code == 0
    assert housing("verify", "1").exit_code == 0


def test_what_was_added_to_a_version_goes_at_its_repair(finished_run: SmallRun):
    (registered_folder(finished_run) / "code" / "sitecustomize.py").write_text("")
    (registered_folder(finished_run) / "code" / "elsewhere").symlink_to(finished_run.home)
    assert housing("repair", "1").exit_code == 0
    assert housing("verify", "1").exit_code == 0


def test_an_intact_version_has_nothing_to_repair(finished_run: SmallRun):
    assert "0 fault(s) mended" in housing("repair", "1").stdout


def test_a_version_of_before_there_were_copies_gets_its_weights_back(finished_run: SmallRun):
    forget_copies(finished_run)
    damage(finished_run)
    assert housing("repair", "1").exit_code == 0


def test_what_the_store_does_not_have_is_named_and_nothing_is_changed(finished_run: SmallRun):
    forget_copies(finished_run)
    card = registered_folder(finished_run) / "model_card.md"
    card.write_text("another")
    assert "cannot be repaired from this store: model_card.md" in refused("repair", "1")
    assert card.read_text() == "another"


def test_a_model_is_explained_down_to_the_raw_file(finished_run: SmallRun):
    lines = housing("explain-model", "staging").stdout.splitlines()
    assert lines[0] == "models:/california_housing_price/1"
    assert [line.split()[0] for line in lines].index("trained_model") < lines.index("of the raw file")
    assert lines[-2].split() == ["source", "raw.parquet"]


def test_a_model_of_another_store_is_not_explained(finished_run: SmallRun):
    registered(releases_of(finished_run).registry)
    assert "there is no record of trained_model" in refused("explain-model", "2")
