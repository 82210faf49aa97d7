from __future__ import annotations

from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
import pytest

from housing_assets.domain.schema import PREDICTORS
from housing_assets.serving.explanation import (
    GROUPS,
    MIXTURES,
    WEIGHTS,
    TrainingRows,
    UnexplainableModelError,
    explain_rows,
    typical_row,
)
from housing_assets.serving.predictor import make_predictor
from housing_assets.serving.row_schema import table_faults
from housing_assets_tests.registry.models import fitted
from housing_assets_tests.serving.small_model import new_rows, small_model

ROWS = new_rows(6)
PREDICTOR = make_predictor(small_model(), ROWS)
REFERENCE = typical_row(small_model())


def by_definition(row: pd.DataFrame) -> dict[str, float]:
    """The mean over all orders of what each group changes when its turn comes, by the Pipeline."""
    totals = dict.fromkeys(GROUPS, 0.0)
    prices = {tuple(mixture): None for mixture in MIXTURES.tolist()}
    mixed = []
    for mixture in prices:
        made = REFERENCE.copy()
        for own, names in zip(mixture, GROUPS.values(), strict=True):
            for name in names:
                made[name] = row[name].to_numpy() if own else made[name]
        mixed.append(made)
    found = small_model().predict(pd.concat(mixed, ignore_index=True))
    price = dict(zip(prices, found, strict=True))
    for order in permutations(range(len(GROUPS))):
        present = [False] * len(GROUPS)
        for place in order:
            before = price[tuple(present)]
            present[place] = True
            totals[list(GROUPS)[place]] += price[tuple(present)] - before
    return {name: total / factorial(len(GROUPS)) for name, total in totals.items()}


def test_every_predictor_is_in_one_group():
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(PREDICTORS)


def test_contributions_are_shapley_values_by_their_definition():
    (found,) = explain_rows(PREDICTOR, ROWS.iloc[[0]], REFERENCE)
    assert found.contributions == pytest.approx(by_definition(ROWS.iloc[[0]]), abs=1e-6)


def test_they_add_up_to_the_difference():
    prices = PREDICTOR.predict(ROWS, 0.9).price
    reference = float(PREDICTOR.predict(REFERENCE, 0.9).price[0])
    for price, found in zip(prices, explain_rows(PREDICTOR, ROWS, REFERENCE), strict=True):
        assert found.reference_price == reference
        assert sum(found.contributions.values()) == pytest.approx(price - reference, abs=1e-6)


def test_the_reference_itself_is_driven_by_nothing():
    (found,) = explain_rows(PREDICTOR, REFERENCE, REFERENCE)
    assert found.contributions == pytest.approx(dict.fromkeys(GROUPS, 0.0), abs=1e-9)


def test_each_row_may_have_its_own_reference():
    references = ROWS.iloc[::-1].reset_index(drop=True)
    alone = [explain_rows(PREDICTOR, ROWS.iloc[[row]], references.iloc[[row]])[0] for row in range(len(ROWS))]
    assert explain_rows(PREDICTOR, ROWS, references) == alone


def test_an_explanation_does_not_depend_on_the_batch():
    together = explain_rows(PREDICTOR, ROWS, REFERENCE)
    assert [explain_rows(PREDICTOR, ROWS.iloc[[row]], REFERENCE)[0] for row in range(len(ROWS))] == together


def test_weights_give_the_whole_to_row_and_reference():
    assert WEIGHTS.sum(axis=0)[[0, -1]] == pytest.approx([-1, 1])
    assert WEIGHTS.sum(axis=1) == pytest.approx(np.zeros(len(GROUPS)))


def test_the_reference_is_a_row_that_may_be_priced():
    assert table_faults(REFERENCE) == []
    assert list(REFERENCE) == list(PREDICTORS)


def test_training_rows_are_found_where_they_are():
    known = TrainingRows.of(small_model())
    at = pd.DataFrame(known.places[:3], columns=["longitude", "latitude"])
    for number, found in enumerate(known.near(at, 2)):
        assert found[0]["km"] == 0
        assert found[0]["longitude"], found[0]["latitude"] == known.places[number]


def test_a_model_that_keeps_no_training_rows_cannot_be_explained():
    with pytest.raises(UnexplainableModelError, match="keeps no medians"):
        typical_row(fitted())
