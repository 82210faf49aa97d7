"""Files in ``to_price``, priced as partitions by the version in production."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg
import numpy as np
import pytest

from housing_assets.assets.predictions import FILES
from housing_assets.price_definitions import build_price_definitions
from housing_assets_tests.generator import generate
from housing_assets_tests.mlflow_server import first_users, mlflow_library
from housing_assets_tests.serving.published import published

if TYPE_CHECKING:
    import pandas as pd

    from housing_assets_tests.serving.published import Published

__all__ = ["first_users", "mlflow_library", "published"]

ROWS = generate(30, seed=5)


class Prices:
    """The second code location over a published model; files are put where the sensor would have taken them to."""

    def __init__(self, published: Published) -> None:
        self.published = published
        self.definitions = build_price_definitions()
        self.instance = dg.DagsterInstance.ephemeral()

    def take(self, name: str, content: str) -> None:
        folder = self.published.home / "to_price" / "taken"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
        self.instance.add_dynamic_partitions(FILES.name, [name])

    def run(self, name: str) -> dg.ExecuteInProcessResult:
        job = self.definitions.resolve_job_def("price")
        return job.execute_in_process(partition_key=name, instance=self.instance, raise_on_error=False)

    def table(self, name: str) -> pd.DataFrame:
        table: pd.DataFrame = self.definitions.load_asset_value(
            "predictions", partition_key=name, instance=self.instance
        )
        return table

    def metadata(self, name: str) -> dict[str, Any]:
        (event,) = self.run(name).get_asset_materialization_events()
        return {key: value.value for key, value in event.materialization.metadata.items()}


@pytest.fixture
def prices(published: Published, monkeypatch: pytest.MonkeyPatch) -> Prices:
    monkeypatch.setenv("HOUSING_HOME", str(published.home))
    published.promote(1)
    found = Prices(published)
    found.take("rows.csv", ROWS.to_csv(index=False))
    return found


def test_each_row_gets_the_price_of_the_version_in_production(prices: Prices) -> None:
    assert prices.run("rows.csv").success
    model = prices.published.source().load("production")
    expected = model.predictor.predict(ROWS, 0.9).price
    np.testing.assert_array_equal(prices.table("rows.csv")["price"], expected)


def test_it_is_reused_while_file_and_version_are_the_same(prices: Prices) -> None:
    assert [prices.metadata("rows.csv")["reused"] for _ in range(2)] == [False, True]


def test_another_version_in_production_prices_again(prices: Prices) -> None:
    prices.run("rows.csv")
    prices.published.promote(2)
    assert prices.metadata("rows.csv")["reused"] is False
    assert set(prices.table("rows.csv")["version"]) == {2}


def test_a_file_that_cannot_be_priced_fails_and_leaves_the_others(prices: Prices) -> None:
    prices.run("rows.csv")
    prices.take("bad.csv", "a,b\n1,2\n")
    assert not prices.run("bad.csv").success
    assert len(prices.table("rows.csv")) == len(ROWS)


def test_a_file_of_faulty_rows_alone_is_refused_by_its_gate(prices: Prices) -> None:
    prices.take("faulty.csv", ROWS.assign(longitude=12.0).to_csv(index=False))
    result = prices.run("faulty.csv")
    failed = [check.check_name for check in result.get_asset_check_evaluations() if not check.passed]
    assert "priced" in failed
    assert not result.success


def test_plots_are_drawn(prices: Prices) -> None:
    assert {"prices", "map"} <= set(prices.metadata("rows.csv"))
