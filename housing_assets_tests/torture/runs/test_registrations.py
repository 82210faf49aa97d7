from __future__ import annotations

from housing_assets_tests.torture.runs.registrations import killed_registrations


def test_a_killed_registration_leaves_no_half_version() -> None:
    outcome = killed_registrations(step=70)
    assert (outcome.faults > 1, outcome.lost) == (True, [])


def test_a_version_that_is_half_written_is_found() -> None:
    assert killed_registrations(step=2, act="careless").lost == ["line 5: a version that is not whole"]
