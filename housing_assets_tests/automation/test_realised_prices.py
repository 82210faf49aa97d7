"""Files of realised prices, taken by the sensor."""

from __future__ import annotations

import dataclasses
import json
import logging
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from housing_assets.automation.arrivals import Arrival
from housing_assets.automation.realised_prices import take_file, take_files
from housing_assets.raw.inbox import LocalInbox
from housing_assets.raw.raw_source import RawSource
from housing_assets.serving.log.log_files import day_at
from housing_assets.serving.log.outcomes import read_outcomes
from housing_assets.settings.pipeline_settings import BaseSettings, PipelineSettings
from housing_assets.storage.backends.local_blobs import LocalBlobs

if TYPE_CHECKING:
    from pathlib import Path

RESOURCES = SimpleNamespace(settings=PipelineSettings(base=BaseSettings(profile={})), raw_source=RawSource())
LOG = logging.getLogger(__name__)


@pytest.fixture
def inbox(tmp_path: Path) -> LocalInbox:
    return LocalInbox(folder=str(tmp_path / "outcomes"))


def dropped(inbox: LocalInbox, content: bytes) -> Arrival:
    inbox.put("sold.csv", content)
    (file,) = inbox.waiting()
    return Arrival(file.name, file.version, file.modified, file.sender, "20260301T000000.000000Z")


def test_the_prices_of_a_file_are_recorded_and_the_file_is_kept(inbox: LocalInbox, tmp_path: Path):
    arrival, blobs = dropped(inbox, b"row_id,price\n20260101-a.0,250000\n"), LocalBlobs(tmp_path / "store")
    said = take_file(RESOURCES, inbox, arrival, blobs, LOG)
    assert said.startswith("1 realised prices of sold.csv")
    assert list(read_outcomes(blobs, day_at(time.time()))[0]["actual"]) == [250_000]
    assert (inbox.waiting(), inbox.holds(arrival.place)) == ([], True)


def test_a_file_that_fails_does_not_hold_up_the_others_and_is_tried_again(inbox: LocalInbox, tmp_path: Path):
    first = dropped(inbox, b"row_id,price\n20260101-a.0,250000\n")
    (tmp_path / "full").write_text("no folder")
    done, said = take_files(RESOURCES, inbox, [first], LocalBlobs(tmp_path / "full"), LOG)
    assert done == []
    assert said[0].startswith("sold.csv is tried again")
    gone = dataclasses.replace(first, name="gone.csv")
    done, said = take_files(RESOURCES, inbox, [first, gone], LocalBlobs(tmp_path / "store"), LOG)
    assert done == [first, gone]
    assert [text.partition(" ")[0] for text in said] == ["1", "gone.csv"]


def test_a_file_that_cannot_be_used_is_rejected_with_what_is_wrong(inbox: LocalInbox, tmp_path: Path):
    arrival = dropped(inbox, b"row_id,sold for\n20260101-a.0,250000\n")
    assert "was rejected" in take_file(RESOURCES, inbox, arrival, LocalBlobs(tmp_path / "store"), LOG)
    (findings,) = (tmp_path / "outcomes" / "rejected").glob("*.findings.json")
    assert "price is needed" in json.loads(findings.read_text())["findings"][0]
