from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from housing_assets.automation.arrivals import LONGEST_MEMORY, Look, look
from housing_assets.raw.inbox import WaitingFile

START = datetime(2026, 1, 5, 12, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def file(name: str, version: str = "1", modified: float = 0.0) -> WaitingFile:
    return WaitingFile(name, version, modified, "somebody")


def never(_place: str) -> bool:
    return False


def after(*looks: list[WaitingFile]) -> Look:
    """What is known after looks at these files, ten seconds apart."""
    known = Look()
    for number, waiting in enumerate(looks):
        known = look(known.to_json(), waiting, never, at(10 * number))
    return known


def test_a_file_seen_for_the_first_time_does_not_count_yet():
    assert after([file("a.csv")]).settled == ()


def test_a_file_that_stood_still_counts():
    assert [arrival.name for arrival in after([file("a.csv")], [file("a.csv")]).settled] == ["a.csv"]


def test_a_file_that_grows_does_not_count():
    assert after([file("a.csv", "1")], [file("a.csv", "2")], [file("a.csv", "3")]).settled == ()


def test_a_file_that_was_taken_away_is_forgotten():
    assert after([file("a.csv")], []) == Look()


def test_the_arrival_is_the_first_look_at_this_version():
    (arrival,) = after([file("a.csv", "1")], [file("a.csv", "2")], [file("a.csv", "2")]).settled
    assert arrival.place == "20260105T120010.000000Z-a.csv"


def test_the_same_name_arriving_again_is_taken_under_another_name():
    (first,) = after([file("a.csv")], [file("a.csv")]).settled
    (second,) = after([], [file("a.csv")], [file("a.csv")]).settled
    assert first.place != second.place


def test_files_are_worked_off_by_arrival_then_date_then_name():
    early = [file("late.csv", modified=9), file("b.csv", modified=1), file("a.csv", modified=1)]
    both = [*early, file("older.csv", modified=0)]
    assert [arrival.name for arrival in after(early, both, both).settled] == ["a.csv", "b.csv", "late.csv", "older.csv"]


def test_a_file_taken_by_a_tick_that_died_still_has_its_turn():
    known = look(None, [file("a.csv")], never, at(0))
    place = known.moving[0].place
    again = look(known.to_json(), [], lambda taken: taken == place, at(10))
    assert [arrival.place for arrival in again.settled] == [place]


def test_a_file_of_the_same_name_does_not_hide_the_one_taken_by_a_tick_that_died():
    known = look(None, [file("a.csv", "1")], never, at(0))
    place = known.moving[0].place
    again = look(known.to_json(), [file("a.csv", "2")], lambda taken: taken == place, at(10))
    assert [arrival.version for arrival in again.settled] == ["1"]


def test_what_is_done_is_not_remembered():
    known = after([file("a.csv"), file("b.csv")], [file("a.csv"), file("b.csv")])
    assert [arrival.name for arrival in known.without(known.settled[:1]).settled] == ["b.csv"]


def test_the_memory_has_a_bound():
    crowd = [file(f"{number:04}.csv", modified=number) for number in range(3 * LONGEST_MEMORY)]
    assert len(json.loads(after(crowd, crowd).to_json())) == LONGEST_MEMORY


def test_the_oldest_files_are_remembered():
    crowd = [file(f"{number:04}.csv", modified=-number) for number in range(2 * LONGEST_MEMORY)]
    assert after(crowd, crowd).settled[0].name == f"{2 * LONGEST_MEMORY - 1:04}.csv"


def test_a_file_moves_until_it_was_quiet_for_long_enough():
    start = datetime(2026, 1, 5, 12, tzinfo=UTC)
    file = WaitingFile("a.csv", "1", 0.0, "ana")
    seen = look(None, [file], lambda _: False, start, 30)
    early = look(seen.to_json(), [file], lambda _: False, start + timedelta(seconds=20), 30)
    late = look(early.to_json(), [file], lambda _: False, start + timedelta(seconds=40), 30)
    assert (len(early.settled), len(late.settled)) == (0, 1)
