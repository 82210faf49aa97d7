"""Clusters of places as features. How many clusters there should be belongs in ``cluster_search``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self, get_args

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import KMeans
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from housing_assets.domain.geography.distinct_points import distinct_points

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Encoding = Literal["label", "similarity"]
ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)


class ClusterSimilarity(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Where a point is relative to the centres of KMeans clusters.

    Args:
        clusters: how many.
        encoding: ``similarity`` gives one column a cluster, the radial basis function ``exp(-gamma d²)`` of the
            distance ``d`` to its centre (Géron, Hands-On Machine Learning, 3rd edition, chapter 2); ``label`` gives
            one column, the number of the nearest centre.
        gamma: how fast the similarity falls, in 1 / unit² of the columns. Not used by ``label``.
        restarts: of KMeans; the one with the lowest inertia is kept.
        exact_points: up to so many distinct points KMeans sees them all, above it cells of a grid.
        seed: of KMeans.

    Attributes:
        centres_: (clusters, columns), sorted by their first column, so that a number means the same at every seed.
        cell_: edge of the grid's cells; 0 where every point was seen.

    Examples:
        >>> import numpy as np
        >>> from housing_assets.estimators import ClusterSimilarity
        >>> places = np.array([[-122.4, 37.8], [-122.2, 37.9], [-118.2, 34.0], [-118.4, 34.2]])
        >>> ClusterSimilarity(2).fit_transform(places).round(2)
        array([[0.99, 0.  ],
               [0.99, 0.  ],
               [0.  , 0.98],
               [0.  , 0.98]])
        >>> ClusterSimilarity(2, encoding="label").fit_transform(places).ravel()
        array([0., 0., 1., 1.])
    """

    __module__ = "housing_assets.estimators"

    def __init__(
        self,
        clusters: int = 8,
        *,
        encoding: Encoding = "similarity",
        gamma: float = 1.0,
        restarts: int = 10,
        exact_points: int = 20_000,
        seed: int = 0,
    ) -> None:
        self.clusters = clusters
        self.encoding = encoding
        self.gamma = gamma
        self.restarts = restarts
        self.exact_points = exact_points
        self.seed = seed

    def fit(self, X: ArrayLike, y: Any = None) -> Self:  # noqa: ARG002
        """Find the centres among (rows, columns).

        Raises:
            ValueError: ``clusters`` is more than there are distinct rows, or ``encoding`` is unknown.
        """
        if self.encoding not in ENCODINGS:
            raise ValueError(f"encoding must be one of {', '.join(ENCODINGS)}; found {self.encoding!r}")
        points, weights, self.cell_ = distinct_points(validate_data(self, X, dtype=np.float64), limit=self.exact_points)
        centres = fit_kmeans(
            points, weights, clusters=self.clusters, restarts=self.restarts, seed=self.seed
        ).cluster_centers_
        self.centres_ = centres[np.lexsort(centres.T[::-1])]
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:
        """(rows, 1) labels or (rows, clusters) similarities between 0 and 1, as float64."""
        check_is_fitted(self)
        return self.transform_array(validate_data(self, X, dtype=np.float64, reset=False))

    def transform_array(self, rows: np.ndarray) -> np.ndarray:
        """``transform`` of a float64 array with the columns of the fit, unchecked."""
        squared = cdist(rows, self.centres_, "sqeuclidean")
        if self.encoding == "label":
            return np.asarray(squared.argmin(axis=1), dtype=np.float64)[:, None]
        return np.asarray(np.exp(-self.gamma * squared))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:  # noqa: ARG002
        """``cluster`` for labels, ``cluster_<number>_similarity`` for similarities."""
        check_is_fitted(self)
        if self.encoding == "label":
            return np.array(["cluster"], dtype=object)
        return np.array([f"cluster_{i}_similarity" for i in range(len(self.centres_))], dtype=object)


def fit_kmeans(points: np.ndarray, weights: np.ndarray, *, clusters: int, restarts: int, seed: int) -> KMeans:
    """KMeans on (points, columns), each as heavy as its weight; the same bits on any number of cores.

    With several threads the partial sums of a centre are added in the order in which the threads finish.

    Raises:
        ValueError: fewer points than clusters.
    """
    if len(points) < clusters:
        raise ValueError(f"clusters={clusters} needs as many distinct points; n_samples = {len(points)}")
    with threadpool_limits(limits=1):
        return KMeans(clusters, n_init=restarts, random_state=seed).fit(points, sample_weight=weights)
