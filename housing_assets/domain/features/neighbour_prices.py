"""What the neighbours cost: the one family of features that looks at the target, and so is fitted inside the folds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import KFold
from sklearn.utils.validation import check_is_fitted, validate_data

from housing_assets.domain.columns import positions
from housing_assets.domain.features.known_prices import KnownPrices, PriceViews, Rows
from housing_assets.domain.geography.nearest import plane_km
from housing_assets.domain.parallel import run_parallel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike
    from sklearn.utils import Tags


class NeighbourPrices(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """The columns it is given, and prices of nearby training rows appended to them.

    Three views of the neighbourhood: the mean price of the nearest rows, the mean price of rows that are both near and
    alike, and the price that a linear regression on the nearest rows gives this one. Means weigh by 1 / distance.

    For training rows ``fit_transform`` gives out-of-fold values: no row sees its own price, and the estimator behind
    learns how far such features can be trusted. ``transform`` uses all training rows, and is for rows that were not
    among them, so on the training rows the two differ by design (as in scikit-learn's ``TargetEncoder``).

    Args:
        neighbours: how many nearest rows are averaged, a column each.
        alike: the columns in which rows are compared, by name or position, and the weight of one standard deviation of
            each. The regression uses the same columns.
        alike_km: how many kilometres count as much as one weighted standard deviation, a column each.
        alike_neighbours: rows that are averaged for each of ``alike_km``.
        regression_neighbours: rows of the regression, a column each.
        shrinkage: how strongly the regression leans on that of all rows, in rows.
        place: the columns longitude and latitude, in degrees, by name or position.
        logarithm: average the logarithm of the price; prices must be above zero.
        folds: for the training rows; as many as there are rows if that is less.
        seed: of the folds.

    Examples:
        >>> import numpy as np
        >>> from housing_assets.estimators import NeighbourPrices
        >>> rows = np.array([[-122.0, 38.0], [-122.0, 38.1], [-118.0, 34.0], [-118.0, 34.1]])
        >>> prices = np.array([200_000.0, 200_000.0, 100_000.0, 100_000.0])
        >>> means = {"neighbours": (2,), "alike": {}, "alike_km": (), "regression_neighbours": ()}
        >>> nearest = NeighbourPrices(**means, place=(0, 1), logarithm=False)
        >>> nearest.fit(rows, prices).transform([[-122.0, 38.05]])[:, 2]
        array([200000.])
    """

    __module__ = "housing_assets.estimators"

    def __init__(
        self,
        neighbours: Sequence[int] = (3, 8, 20, 60),
        *,
        alike: Mapping[str, float] | Mapping[int, float] | None = None,
        alike_km: Sequence[float] = (1.5, 6.0, 20.0),
        alike_neighbours: int = 6,
        regression_neighbours: Sequence[int] = (50,),
        shrinkage: float = 1.0,
        place: Sequence[str | int] = ("longitude", "latitude"),
        logarithm: bool = True,
        folds: int = 10,
        seed: int = 0,
    ) -> None:
        self.neighbours = neighbours
        self.alike = alike
        self.alike_km = alike_km
        self.alike_neighbours = alike_neighbours
        self.regression_neighbours = regression_neighbours
        self.shrinkage = shrinkage
        self.place = place
        self.logarithm = logarithm
        self.folds = folds
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Remember (rows, columns) and their prices (rows,).

        Raises:
            ValueError: a price is not above zero although ``logarithm`` is set, there is only one row, or no column
                is asked for.
        """
        self._fit(X, y)
        return self

    def fit_transform(self, X: ArrayLike, y: ArrayLike) -> np.ndarray:
        """Fit, and append out-of-fold prices to the training rows; (rows, columns + prices)."""
        table = self._fit(X, y)
        known = self.places_, self.features_, self.values_, self._views()
        splits = list(KFold(min(self.folds, len(table)), shuffle=True, random_state=self.seed).split(table))
        found = run_parallel(prices_of_held_out, ((*known, others, held_out) for others, held_out in splits))
        order = np.argsort(np.concatenate([held_out for _, held_out in splits]))
        return np.hstack([table, np.vstack(list(found))[order]])

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Append the prices of the nearest training rows to (rows, columns)."""
        check_is_fitted(self)
        return self.transform_array(validate_data(self, X, dtype=np.float64, reset=False))

    def transform_array(self, table: np.ndarray) -> np.ndarray:
        """``transform`` of a float64 array with the columns of the fit, unchecked."""
        if not hasattr(self, "_market"):
            self._market = KnownPrices(Rows(self.places_, self.features_), self.values_, self._views())
        return np.concatenate([table, self._market.values_for(self._rows(table))], axis=1)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:  # noqa: ARG002
        """The input's names, ``price_of_<k>_nearest``, ``price_of_alike_at_<km>_km``, ``price_by_<k>_nearest``."""
        check_is_fitted(self)
        names = getattr(self, "feature_names_in_", [f"x{i}" for i in range(self.n_features_in_)])
        return np.array([*names, *self._views().names], dtype=object)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags

    def __getstate__(self) -> dict[str, Any]:
        """Without the trees, which ``transform`` builds again where it needs them."""
        return {name: value for name, value in super().__getstate__().items() if name != "_market"}

    def _views(self) -> PriceViews:
        views = PriceViews(
            self.neighbours, self.alike_km, self.alike_neighbours, self.regression_neighbours, self.shrinkage
        )
        if not views.names:
            raise ValueError("neighbours, alike_km and regression_neighbours are all empty: leave NeighbourPrices out")
        return views

    def _fit(self, X: ArrayLike, y: ArrayLike) -> np.ndarray:
        table, values = validate_data(self, X, y, dtype=np.float64, y_numeric=True, ensure_min_samples=2)
        if self.logarithm and values.min() <= 0:
            raise ValueError(f"prices must be above zero with logarithm=True; the lowest is {values.min():g}")
        self.values_ = np.log(values) if self.logarithm else values.astype(np.float64)
        self.place_columns_ = np.array(positions(self.place, self), dtype=np.intp)
        self.alike_columns_ = np.array(positions(list(self.alike or {}), self), dtype=np.intp)
        compared = table[:, self.alike_columns_]
        self.means_, spread = compared.mean(axis=0), compared.std(axis=0)
        self.factors_ = np.array(list((self.alike or {}).values())) / np.where(spread > 0, spread, 1.0)
        rows = self._rows(table)
        self.places_, self.features_ = rows.places, rows.features
        self._market = KnownPrices(rows, self.values_, self._views())
        return np.asarray(table)

    def _rows(self, table: np.ndarray) -> Rows:
        compared = (table[:, self.alike_columns_] - self.means_) * self.factors_
        return Rows(plane_km(*table[:, self.place_columns_].T), compared)


def prices_of_held_out(
    places: np.ndarray,
    features: np.ndarray,
    values: np.ndarray,
    views: PriceViews,
    others: np.ndarray,
    held_out: np.ndarray,
) -> np.ndarray:
    """What ``others`` say of ``held_out``, both row numbers; (held_out, prices)."""
    rows = Rows(places, features)
    return KnownPrices(rows[others], values[others], views).values_for(rows[held_out])
