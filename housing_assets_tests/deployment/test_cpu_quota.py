from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.deployment.cpu_quota import LIMITS, available, processors, quota_of, thread_limits

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "quota"), [("max 100000\n", None), ("150000 100000\n", 1.5), ("50000 100000\n", 0.5), ("", None)]
)
def test_the_quota_of_control_groups(text: str, quota: float | None, tmp_path: Path):
    (tmp_path / "cpu.max").write_text(text)
    assert quota_of(tmp_path) == quota


@pytest.mark.parametrize(("text", "quota"), [("-1", None), ("400000", 4.0)])
def test_the_quota_of_the_first_version_of_control_groups(text: str, quota: float | None, tmp_path: Path):
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text(text)
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000")
    assert quota_of(tmp_path) == quota


def test_a_part_of_a_processor_is_one(tmp_path: Path):
    (tmp_path / "cpu.max").write_text("20000 100000")
    assert processors(tmp_path) == 1


@pytest.mark.parametrize("text", ["max 100000", "100000000 100000"])
def test_no_more_than_there_are(text: str, tmp_path: Path):
    (tmp_path / "cpu.max").write_text(text)
    assert processors(tmp_path) == available()


def test_without_control_groups_there_is_no_limit(tmp_path: Path):
    assert processors(tmp_path) == available()


def test_every_library_is_told_the_same(tmp_path: Path):
    (tmp_path / "cpu.max").write_text("100000 100000")
    assert thread_limits(tmp_path) == dict.fromkeys(LIMITS, "1")
