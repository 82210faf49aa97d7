from __future__ import annotations

from housing_assets_tests.torture.files.coverage_guided import fuzz


def test_files_that_reach_new_code_are_read_or_refused() -> None:
    outcome = fuzz("read", 300)
    assert (outcome.faults, outcome.wrong) == (300, [])


def test_a_reader_without_care_is_found() -> None:
    assert "Error" in fuzz("trust", 300).wrong[0]
