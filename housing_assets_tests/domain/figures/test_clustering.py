from __future__ import annotations

import io

import numpy as np
import pandas as pd

from housing_assets.domain.figures.clustering import cluster_map, elbow, silhouette

TABLE = pd.DataFrame(
    {
        "clusters": [5, 6, 7],
        "silhouette": [0.4, 0.6, 0.5],
        "davies_bouldin": [0.8, 0.6, 0.7],
        "inertia": [30.0, 20.0, 10.0],
        "method": "exact",
    }
)


def test_the_elbow_shows_inertia_and_davies_bouldin() -> None:
    drawn = [axes.lines[0].get_ydata() for axes in elbow(TABLE).axes]
    np.testing.assert_array_equal(drawn, [TABLE["inertia"], TABLE["davies_bouldin"]])


def test_the_silhouette_names_the_chosen_number_and_the_method() -> None:
    assert silhouette(TABLE).axes[0].get_title() == "Silhouette (exact): 6 clusters are chosen"


def test_a_choice_at_the_edge_is_warned_of() -> None:
    assert "at the edge of the range" in silhouette(TABLE.iloc[1:]).axes[0].get_title()


def places(rows: int) -> pd.DataFrame:
    corners = np.random.default_rng(0).uniform((-124, 32), (-114, 42), size=(rows, 2))
    return pd.DataFrame(corners, columns=["longitude", "latitude"]).assign(cluster=0)


def test_the_map_draws_every_place_and_numbers_the_centres() -> None:
    figure = cluster_map(places(10), places(2).to_numpy()[:, :2])
    assert len(figure.axes[0].collections[0].get_offsets()) == 10
    assert [text.get_text() for text in figure.axes[0].texts] == ["0", "1"]


def test_they_can_be_drawn() -> None:
    for figure in (elbow(TABLE), silhouette(TABLE), cluster_map(places(3), np.eye(2) + 30)):
        figure.savefig(io.BytesIO(), format="png")
