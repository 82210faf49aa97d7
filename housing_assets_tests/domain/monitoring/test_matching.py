from __future__ import annotations

import pandas as pd
import pytest

from housing_assets.domain.monitoring.matching import Matched, match
from housing_assets.domain.schema import PREDICTORS
from housing_assets_tests.generator import generate

LOGGED = generate(6, seed=1)[list(PREDICTORS)].assign(
    row_id=[f"20260101-{number}.0" for number in range(6)], time=range(6), price=1.0
)


def outcomes(*pairs: tuple[str, float], inputs: pd.DataFrame | None = None) -> pd.DataFrame:
    table = pd.DataFrame({"id": [each for each, _ in pairs], "actual": [price for _, price in pairs]})
    given = inputs if inputs is not None else pd.DataFrame(index=table.index, columns=list(PREDICTORS))
    return table.assign(**{name: given[name].to_numpy() for name in PREDICTORS})


def matched(found: pd.DataFrame, earlier: pd.DataFrame | None = None) -> Matched:
    return match(found, outcomes() if earlier is None else earlier, LOGGED)


def counts(found: Matched) -> tuple[int, ...]:
    return len(found.rows), found.unmatched, found.duplicates, found.contradictions


ONE, TWO = LOGGED["row_id"][:2]


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(ONE, 5.0), (TWO, 6.0)], (2, 0, 0, 0)),
        ([(ONE, 5.0), ("20260101-x.0", 6.0)], (1, 1, 0, 0)),
        ([(ONE, 5.0), (ONE, 5.0)], (1, 0, 1, 0)),
        ([(ONE, 5.0), (ONE, 6.0)], (0, 0, 0, 1)),
        ([], (0, 0, 0, 0)),
    ],
)
def test_each_outcome_counts_as_what_it_is(pairs: list[tuple[str, float]], expected: tuple[int, ...]):
    assert counts(matched(outcomes(*pairs))) == expected


def test_what_was_known_before_is_a_duplicate():
    assert counts(matched(outcomes((ONE, 5.0)), outcomes((ONE, 5.0)))) == (0, 0, 1, 0)


def test_another_price_than_before_is_a_contradiction():
    assert counts(matched(outcomes((ONE, 6.0)), outcomes((ONE, 5.0)))) == (0, 0, 0, 1)


def test_equal_inputs_are_the_same_row_gaps_included():
    rows = LOGGED.iloc[[2, 4]]
    found = matched(outcomes(("", 7.0), ("", 8.0), inputs=rows))
    assert dict(zip(found.rows["row_id"], found.rows["actual"], strict=True)) == dict(
        zip(rows["row_id"], [7.0, 8.0], strict=True)
    )


def test_of_equal_inputs_the_last_answer_counts():
    twice = pd.concat([LOGGED, LOGGED.iloc[[2]].assign(row_id="20260102-9.0", time=99)], ignore_index=True)
    found = match(outcomes(("", 7.0), inputs=LOGGED.iloc[[2]]), outcomes(), twice)
    assert list(found.rows["row_id"]) == ["20260102-9.0"]


def test_other_inputs_are_of_no_row():
    assert counts(matched(outcomes(("", 7.0), inputs=LOGGED.iloc[[2]].assign(households=1.0)))) == (0, 1, 0, 0)
