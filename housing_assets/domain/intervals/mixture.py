"""One price from two models: one that knows its neighbours, one for regions where no neighbour is known.

The weight of the first falls from 1 to 0 with the logarithm of the distance to the training rows, between two distances
that are chosen on rows of random and of blocked folds together.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAR_KM = (1.5, 3.0, 5.0, 8.0)
FAR_KM = (4.0, 6.0, 9.0, 14.0, 25.0)


class Held(NamedTuple):
    """Rows that were held out, by number; what both models predict for them, and how far the others are.

    ``around`` is what ``Surroundings.measure`` gives, (rows, 4).
    """

    rows: NDArray[np.intp]
    local: NDArray[np.float64]
    regional: NDArray[np.float64]
    around: NDArray[np.float64]


def local_weight(log_km: NDArray[np.float64], near_km: float, far_km: float) -> NDArray[np.float64]:
    """The weight of the model that knows its neighbours: 1 up to ``near_km``, 0 from ``far_km`` on."""
    share = (np.log(far_km) - log_km) / (np.log(far_km) - np.log(near_km))
    return np.asarray(np.clip(share, 0.0, 1.0))


def mixed(held: Held, near_km: float, far_km: float) -> NDArray[np.float64]:
    weight = local_weight(held.around[:, 1], near_km, far_km)
    return np.asarray(weight * held.local + (1 - weight) * held.regional)


def choose_distances(near: Held, far: Held, prices: NDArray[np.float64], *, tolerance: float) -> tuple[float, float]:
    """The two distances with the smallest squared error on rows of blocked folds, ``far``.

    Among those whose absolute error on rows of random folds, ``near``, is within a share ``tolerance`` of the least.
    """
    pairs = [pair for pair in product(NEAR_KM, FAR_KM) if pair[0] < pair[1]]
    absolute = np.array([np.abs(mixed(near, *pair) - prices[near.rows]).mean() for pair in pairs])
    squared = np.array([((mixed(far, *pair) - prices[far.rows]) ** 2).mean() for pair in pairs])
    squared[absolute > (1 + tolerance) * absolute.min()] = np.inf
    return pairs[int(np.argmin(squared))]
