from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.raw.inbox import TAKEN, LocalInbox
from housing_assets_tests.gcs_emulator import bucket, gcs_client, gcs_emulator, gcs_proxy
from housing_assets_tests.torture.store.rivals import judge_race, orders_in_bucket, race_in_bucket, race_in_folder
from housing_assets_tests.torture.store.test_concurrency import WithoutComparison

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets_tests.fault_proxy import FaultProxy

__all__ = ["bucket", "gcs_client", "gcs_emulator", "gcs_proxy"]


@pytest.mark.parametrize("share_places", [True, False])
def test_two_daemons_share_a_folder(share_places: bool) -> None:
    outcome = race_in_folder(60, share_places)
    assert (outcome.lost, outcome.wrong) == ([], [])


@pytest.mark.parametrize("share_places", [True, False])
def test_two_daemons_share_a_bucket(gcs_emulator: FaultProxy, share_places: bool) -> None:
    outcome = race_in_bucket(gcs_emulator, 8, share_places)
    assert (outcome.lost, outcome.wrong) == ([], [])


def test_a_file_that_a_daemon_overwrote_is_found(tmp_path: Path) -> None:
    (tmp_path / TAKEN).mkdir()
    (tmp_path / TAKEN / "0-a.csv").write_text("rows 2")
    inbox = LocalInbox(folder=str(tmp_path))
    contents = {"a.csv": "rows 1", "b.csv": "rows 2"}
    kept = [path.read_text() for path in (tmp_path / TAKEN).iterdir()]
    assert judge_race(inbox, contents, lambda: kept, ["a.csv", "b.csv"]).lost


def test_two_homes_share_a_bucket(gcs_emulator: FaultProxy) -> None:
    outcome = orders_in_bucket(gcs_emulator, 5)
    assert (outcome.lost, outcome.wrong) == ([], [])


def test_homes_that_do_not_look_what_they_replace_are_found(gcs_emulator: FaultProxy) -> None:
    outcome = orders_in_bucket(gcs_emulator, 12, WithoutComparison)
    assert outcome.lost + outcome.wrong
