from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import davies_bouldin_score, silhouette_score

from housing_assets.domain.data.splits import is_training
from housing_assets.domain.features.cluster_search import (
    MAP_POINTS,
    at_edge,
    best_cluster_count,
    davies_bouldin,
    search,
    silhouettes,
    thin_places,
)

RANDOM = np.random.default_rng(0)
ROWS = RANDOM.integers(0, 25, size=(600, 2)) / 10
POINTS, INVERSE, COUNTS = np.unique(ROWS, axis=0, return_inverse=True, return_counts=True)
LABELLINGS = [RANDOM.permutation(np.arange(len(POINTS)) % clusters) for clusters in (2, 5, 9)]


def found(rows: np.ndarray = ROWS, minimum: int = 2, maximum: int = 5, exact_points: int = 10_000) -> pd.DataFrame:
    return search(rows, minimum=minimum, maximum=maximum, restarts=3, seed=0, exact_points=exact_points)


def test_silhouettes_are_those_of_scikit_learn_on_every_row() -> None:
    expected = [silhouette_score(ROWS, labels[INVERSE]) for labels in LABELLINGS]
    assert silhouettes(POINTS, COUNTS.astype(float), LABELLINGS) == pytest.approx(expected, abs=1e-6)


def test_a_cluster_of_one_row_scores_zero_as_in_scikit_learn() -> None:
    points, labels = np.array([[0.0], [1.0], [5.0]]), np.array([0, 0, 1])
    assert silhouettes(points, np.ones(3), [labels])[0] == pytest.approx(silhouette_score(points, labels), abs=1e-6)


def test_davies_bouldin_is_that_of_scikit_learn_on_every_row() -> None:
    labels = LABELLINGS[1]
    assert davies_bouldin(POINTS, COUNTS.astype(float), labels) == pytest.approx(
        davies_bouldin_score(ROWS, labels[INVERSE])
    )


def test_coinciding_centres_do_not_divide_by_zero() -> None:
    points, labels = np.array([[-1.0], [1.0], [-2.0], [2.0]]), np.array([0, 0, 1, 1])
    assert davies_bouldin(points, np.ones(4), labels) == 0


def test_three_towns_are_three_clusters() -> None:
    towns = np.vstack([RANDOM.normal(centre, 0.1, size=(40, 2)) for centre in ((0, 0), (5, 0), (0, 5))])
    table = found(towns)
    assert best_cluster_count(table) == 3
    assert not at_edge(table)


@pytest.mark.parametrize("clusters", [2, 4])
def test_a_choice_on_either_edge_is_flagged(clusters: int) -> None:
    table = pd.DataFrame({"clusters": [2, 3, 4], "silhouette": [0.1, 0.2, 0.1]})
    table.loc[table["clusters"] == clusters, "silhouette"] = 0.9
    assert at_edge(table)


def test_the_smaller_of_equals_is_chosen() -> None:
    assert best_cluster_count(pd.DataFrame({"clusters": [2, 3, 4], "silhouette": [0.1, 0.2, 0.2]})) == 3


def test_two_searches_are_identical() -> None:
    pd.testing.assert_frame_equal(found(), found(), check_exact=True)


def test_the_table_says_that_it_is_exact() -> None:
    assert set(found()["method"]) == {"exact"}


def test_above_the_limit_the_table_names_the_grid() -> None:
    table = found(exact_points=100)
    assert table["method"].str.match(r"grid of [\d.]+ degrees").all()


def test_the_grid_is_close_to_the_exact_scores() -> None:
    towns = np.vstack([RANDOM.normal(centre, 0.3, size=(300, 2)) for centre in ((0, 0), (5, 0), (0, 5))])
    exact, grid = found(towns), found(towns, exact_points=200)
    np.testing.assert_allclose(grid["silhouette"][:2], exact["silhouette"][:2], atol=0.02)


@pytest.mark.parametrize(("minimum", "maximum"), [(1, 4), (5, 4), (2, 3)])
def test_an_impossible_range_names_its_parameters(minimum: int, maximum: int) -> None:
    with pytest.raises(ValueError, match=r"clusters\.minimum"):
        found(np.array([[0.0, 0], [1, 1], [2, 2]]), minimum, maximum)


def test_the_real_coordinates_form_five_clusters(real_housing: pd.DataFrame) -> None:
    train = is_training(real_housing, method="random", test_share=0.2, seed=42, block_degrees=0.5)
    places = real_housing.loc[train, ["longitude", "latitude"]].to_numpy()
    table = search(places, minimum=5, maximum=8, restarts=10, seed=42, exact_points=20_000)
    assert best_cluster_count(table) == 5
    assert table["silhouette"].max() == pytest.approx(0.586, abs=0.002)


@pytest.mark.parametrize("rows", [10, MAP_POINTS, MAP_POINTS + 1, 3 * MAP_POINTS + 5])
def test_no_more_places_are_put_on_a_map_than_can_be_seen(rows: int) -> None:
    assert min(rows, MAP_POINTS // 2) <= len(thin_places(np.zeros((rows, 2)))) <= MAP_POINTS
