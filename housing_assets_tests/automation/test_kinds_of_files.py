"""Files as people drop them: each ends in a version or in ``rejected`` with a sentence, and the queue never stops."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import dagster as dg
import pytest

from housing_assets.domain.data.reading.raw_file import read_raw
from housing_assets.domain.data.validation import validate
from housing_assets.project import PROJECT
from housing_assets.raw.raw_source import RawSource  # noqa: TC001  the step reads its annotations
from housing_assets.reuse.computed import StepResult
from housing_assets.reuse.step import step
from housing_assets.settings.data import RawSettings  # noqa: TC001
from housing_assets_tests.automation.small_lineage import STEPS, Desk, identity
from housing_assets_tests.domain.data.reading.kinds_of_files import CSV, READ, REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KINDS = {**READ, **REFUSED}


@step(dg.AssetSpec("raw_housing"), project=PROJECT, resources=["raw_source"], origin=identity)
def raw_housing(raw: RawSettings, raw_source: RawSource) -> StepResult:
    fetched = raw_source.fetch(raw, lambda _: None)
    frame = validate(read_raw(fetched.content, fetched.name, maximum_megabytes=raw.maximum_megabytes), fetched.name)
    return StepResult({"rows": len(frame)}, measurements={"rows": len(frame)})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with dg.DagsterInstance.ephemeral(tempdir=str(tmp_path)) as instance:
        yield Desk(tmp_path, instance, steps=(raw_housing, *STEPS[1:]))


def drop(desk: Desk, name: str, content: bytes) -> None:
    inbox = desk.folder / "inbox"
    inbox.mkdir(exist_ok=True)
    (inbox / name).write_bytes(content)


def rejected(desk: Desk) -> dict[str, list[str]]:
    reports = (desk.folder / "inbox" / "rejected").glob("*.findings.json")
    documents = [json.loads(report.read_text()) for report in reports]
    return {document["file"]: document["findings"] for document in documents}


def test_each_ends_in_a_version_or_with_a_sentence(desk: Desk):
    for number, (content, _) in enumerate(KINDS.values()):
        drop(desk, f"{number:03}", content)
    runs = desk.work_off()
    sentences = {list(KINDS)[int(name)]: "; ".join(findings) for name, findings in rejected(desk).items()}
    assert (sorted(sentences), sum(run.is_success for run in runs)) == (sorted(REFUSED), len(READ))
    assert [kind for kind, (_, words) in REFUSED.items() if words not in sentences[kind]] == []
    assert [path for path in (desk.folder / "inbox").iterdir() if path.is_file()] == []


@pytest.mark.parametrize("name", [b"h\xe4user.csv", b"x" * 240 + b".csv", "ü".encode() * 120, b"two\nlines.csv"])
def test_whatever_its_name_a_file_is_taken(desk: Desk, name: bytes):
    drop(desk, os.fsdecode(name), CSV)
    assert [run.is_success for run in desk.work_off()] == [True]


def test_a_file_of_any_name_is_rejected_with_its_sentence(desk: Desk):
    drop(desk, os.fsdecode(b"\xff" + b"x" * 240), b"prose")
    desk.work_off()
    assert len(rejected(desk)) == 1


def test_companions_start_no_run(desk: Desk):
    for name in ("desktop.ini", "a.csv:Zone.Identifier", "a.csv_.gstmp"):
        drop(desk, name, b"x")
    drop(desk, "a.csv", CSV)
    assert len(desk.work_off()) == 1


def test_an_upload_that_pauses_is_taken_whole(desk: Desk):
    drop(desk, "a.csv", b"")
    with (desk.folder / "inbox" / "a.csv").open("wb") as upload:
        upload.write(CSV[:2000])
        upload.flush()
        during = [desk.look() for _ in range(3)]
        upload.write(CSV[2000:])
    assert during == [[], [], []]
    assert [run.is_success for run in desk.work_off()] == [True]


def test_a_file_that_is_replaced_while_it_runs_gets_a_run_of_its_own(desk: Desk):
    drop(desk, "a.csv", CSV)
    request = desk.look()[0]
    drop(desk, "a.csv", READ["semicolons"][0])
    assert desk.launch(request).is_success
    assert [run.is_success for run in desk.work_off()] == [True]
