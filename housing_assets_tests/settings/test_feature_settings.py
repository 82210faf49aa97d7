from __future__ import annotations

from typing import Any

import pytest

from housing_assets.domain.features.neighbour_prices import NeighbourPrices
from housing_assets.domain.imputation.imputer import HousingImputer
from housing_assets.domain.imputation.strategies import STRATEGIES
from housing_assets.settings import SettingsError, load_settings


@pytest.mark.parametrize(
    ("section", "override", "path"),
    [
        ("imputation", {"strategy": "guess"}, "imputation.strategy"),
        ("imputation", {"compared": []}, "imputation.compared"),
        ("imputation", {"masked_share": 1.0}, "imputation.masked_share"),
        ("clusters", {"minimum": 1}, "clusters.minimum"),
        ("clusters", {"encoding": "one-hot"}, "clusters.encoding"),
        ("clusters", {"gamma": 0}, "clusters.gamma"),
        ("clusters", {"minimum": 9, "maximum": 8}, "minimum 9 is above maximum 8"),
        ("features", {"rotations": [120]}, "features.rotations.0"),
        ("features", {"neighbours": -1}, "features.neighbours"),
        ("features", {"neighbour_prices": {"alike": {"median_income": 0}}}, "neighbour_prices.alike.median_income"),
        ("features", {"neighbour_prices": {"folds": 1}}, "features.neighbour_prices.folds"),
        ("features", {"distance_to_the_moon": True}, "features.distance_to_the_moon"),
    ],
)
def test_a_wrong_value_is_named_by_its_path(section: str, override: dict[str, Any], path: str) -> None:
    with pytest.raises(SettingsError, match=path.replace(".", r"\.")):
        load_settings({section: override})


def test_every_strategy_is_compared_by_default() -> None:
    assert set(load_settings().imputation.compared) == set(STRATEGIES)


def test_the_imputation_section_holds_parameters_of_the_imputer() -> None:
    section = load_settings().imputation.model_dump(exclude={"strategy", "compared", "masked_share"})
    assert set(section) <= set(HousingImputer().get_params())


def test_the_section_of_neighbour_prices_holds_parameters_of_the_transformer() -> None:
    section = load_settings().features.neighbour_prices.model_dump(
        exclude={"enabled", "neighbour_counts", "regression_counts"}
    )
    assert set(section) <= set(NeighbourPrices().get_params())


def test_a_setting_of_an_earlier_name_is_refused_by_its_name_of_today() -> None:
    with pytest.raises(SettingsError, match=r"sweep\.fidelity\.trees: is called tree_share now"):
        load_settings({"sweep": {"fidelity": {"trees": 0.5}}})
