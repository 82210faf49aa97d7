from __future__ import annotations

from housing_assets_tests.storage.formats.forged_trees import FORGED
from housing_assets_tests.torture.files.hostile_models import hostile_models, load_apart, trust


def test_changed_models_harm_nobody() -> None:
    outcome = hostile_models(count=300)
    assert (outcome.faults, outcome.wrong) == (300, [])


def test_a_model_that_crashes_who_trusts_it_is_found() -> None:
    forged = FORGED["tree, a child that is not there"]()
    assert load_apart([forged], trust).wrong == ["model 0 of 1: ended with -11"]
    assert load_apart([forged]).wrong == []
