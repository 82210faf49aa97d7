from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks
from threadpoolctl import threadpool_limits

from housing_assets.domain.features.clustering import ClusterSimilarity, fit_kmeans

RANDOM = np.random.default_rng(0)
THREE_TOWNS = np.vstack([RANDOM.normal(centre, 0.1, size=(40, 2)) for centre in ((0, 0), (5, 0), (2, 5))])


@parametrize_with_checks([ClusterSimilarity(2), ClusterSimilarity(2, encoding="label")])
def test_it_is_a_scikit_learn_transformer(estimator: Any, check: Any) -> None:
    check(estimator)


def test_the_centres_are_found() -> None:
    centres = ClusterSimilarity(3).fit(THREE_TOWNS).centres_
    np.testing.assert_allclose(centres, [[0, 0], [2, 5], [5, 0]], atol=0.1)


def test_a_label_is_one_column() -> None:
    labels = ClusterSimilarity(3, encoding="label").fit_transform(THREE_TOWNS)
    assert labels.shape == (120, 1)
    assert [len(set(labels[start : start + 40, 0])) for start in (0, 40, 80)] == [1, 1, 1]


def test_similarity_is_one_at_a_centre_and_falls_with_distance() -> None:
    fitted = ClusterSimilarity(3).fit(THREE_TOWNS)
    first = fitted.centres_[0]
    near, far = fitted.transform(np.array([first, first + 0.5]))[:, 0]
    assert near == pytest.approx(1)
    assert far == pytest.approx(np.exp(-0.5))


def test_gamma_is_used() -> None:
    slow, fast = (ClusterSimilarity(3, gamma=gamma).fit_transform(THREE_TOWNS) for gamma in (0.1, 10.0))
    assert slow.min() > fast.min()


def test_the_columns_have_names() -> None:
    frame = pd.DataFrame(THREE_TOWNS, columns=["longitude", "latitude"])
    names = ClusterSimilarity(2).set_output(transform="pandas").fit_transform(frame).columns.tolist()
    assert names == ["cluster_0_similarity", "cluster_1_similarity"]


def test_a_place_far_from_all_centres_is_similar_to_none() -> None:
    assert ClusterSimilarity(3).fit(THREE_TOWNS).transform([[1e9, -1e9]]).tolist() == [[0.0, 0.0, 0.0]]


def test_a_single_row_may_be_a_cluster() -> None:
    rows = np.vstack([THREE_TOWNS, [[100.0, 100.0]]])
    assert np.isfinite(ClusterSimilarity(4).fit_transform(rows)).all()


def test_more_clusters_than_distinct_rows_is_an_error_that_names_the_parameter() -> None:
    with pytest.raises(ValueError, match="clusters=3 needs as many distinct points; n_samples = 2"):
        ClusterSimilarity(3).fit(np.repeat([[0.0, 0.0], [1.0, 1.0]], 5, axis=0))


def test_an_unknown_encoding_is_an_error() -> None:
    with pytest.raises(ValueError, match="encoding must be one of label, similarity; found 'one-hot'"):
        ClusterSimilarity(2, encoding="one-hot").fit(THREE_TOWNS)  # type: ignore[arg-type]


def test_above_the_limit_cells_of_a_grid_are_clustered() -> None:
    fitted = ClusterSimilarity(3, exact_points=60).fit(THREE_TOWNS)
    assert fitted.cell_ > 0
    np.testing.assert_allclose(fitted.centres_, ClusterSimilarity(3).fit(THREE_TOWNS).centres_, atol=0.05)


def test_the_bits_do_not_depend_on_the_number_of_threads() -> None:
    points = RANDOM.uniform(size=(3000, 2))
    centres = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            fit = fit_kmeans(points, np.ones(3000), clusters=8, restarts=1, seed=0)
        centres.append(fit.cluster_centers_)
    np.testing.assert_array_equal(*centres)
