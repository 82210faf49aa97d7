"""The same rows get the same bits, whichever way they are priced; of a model of today and of an earlier release.

A linear model is apart: the product of a matrix that scikit-learn's Pipeline takes adds in an order that depends on
the number of rows, so the Pipeline itself gives a row other bits beside other rows. MLflow asks the Pipeline.
"""

from __future__ import annotations

import dataclasses
import io
import json
import tarfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pytest

from housing_assets.assets.predictions import FILES
from housing_assets.domain.intervals.conformal import predict_with_interval
from housing_assets.domain.schema import NUMERIC
from housing_assets.price_definitions import build_price_definitions
from housing_assets.registry.package.manifest import sha256_of
from housing_assets.registry.registration import register
from housing_assets.serving.predictor import ALLOWED_DIFFERENCE
from housing_assets.trusted_types import model
from housing_assets_tests.cli.commands import housing
from housing_assets_tests.mlflow_server import first_users, mlflow_library
from housing_assets_tests.serving.api.conftest import application_over, serving
from housing_assets_tests.serving.api.requests import instances, tensors
from housing_assets_tests.serving.published import Published, content, copied, registration
from housing_assets_tests.serving.small_model import new_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from housing_assets_tests.mlflow_server import FirstUsers

__all__ = ["first_users", "mlflow_library"]

COVERAGE = 0.9
ENDS = ["price", "lower", "upper"]
ROWS = pd.DataFrame(instances(new_rows(40))).astype(dict.fromkeys(NUMERIC, "float64"))
EARLIER = Path(__file__).parent / "earlier"


class Released(NamedTuple):
    """A model in production.

    ``files``: of its package for MLflow. ``expected``: what its Pipeline itself says of ``ROWS``.
    """

    published: Published
    files: str
    expected: pd.DataFrame


@pytest.fixture(scope="module", params=["today", "earlier"])
def released(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    mlflow_library: None,
    first_users: FirstUsers,
) -> Iterator[Released]:
    home = tmp_path_factory.mktemp("released") / "home"
    published = copied(tmp_path_factory.getbasetemp(), first_users[0] / "mlflow.db", home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOUSING_HOME", str(home))
        yield KINDS[request.param](published)


def today(published: Published) -> Released:
    return release(published, content(1))


def earlier(published: Published) -> Released:
    """A blend of boosters, in a package that an earlier release wrote."""
    with tarfile.open(EARLIER / "package.tar.xz") as archive:
        archive.extractall(published.home, filter="data")
    package = published.home / "price"
    return release(published, (package / "model.skops").read_bytes())._replace(files=str(package))


def linear(published: Published) -> Released:
    """A ridge regression of an earlier release."""
    return release(published, (EARLIER / "ratio.skops").read_bytes())


KINDS = {"today": today, "earlier": earlier, "linear": linear}


def release(published: Published, weights: bytes) -> Released:
    """Register ``weights``, and put them into production."""
    digest = sha256_of(weights)
    published.blobs.create(f"objects/trained_model/{digest}.skops", weights)
    given = dataclasses.replace(registration(1, "blend"), digest=digest)
    version = register(published.registry, weights, given).version
    published.promote(version)
    prices, ends = predict_with_interval(model(weights), ROWS, COVERAGE)
    expected = pd.DataFrame(np.column_stack([prices, ends]), columns=ENDS)
    return Released(published, published.registry.version(version).files, expected)


def by_asset(released: Released) -> pd.DataFrame:
    import dagster as dg

    folder = released.published.home / "to_price" / "taken"
    folder.mkdir(parents=True, exist_ok=True)
    ROWS.to_csv(folder / "rows.csv", index=False)
    definitions = build_price_definitions()
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(FILES.name, ["rows.csv"])
        job = definitions.resolve_job_def("price")
        assert job.execute_in_process(partition_key="rows.csv", instance=instance).success
        table: pd.DataFrame = definitions.load_asset_value("predictions", partition_key="rows.csv", instance=instance)
    return table


def by_command(released: Released) -> pd.DataFrame:
    path = released.published.home / "rows.csv"
    ROWS.to_csv(path, index=False)
    return pd.read_csv(io.StringIO(housing("predict", str(path)).stdout), float_precision="round_trip")


def by_command_from_parquet(released: Released) -> pd.DataFrame:
    source, out = released.published.home / "rows.parquet", released.published.home / "prices.parquet"
    ROWS.to_parquet(source)
    assert housing("predict", str(source), "--out", str(out)).exit_code == 0
    return pd.read_parquet(out)


def by_command_to_lines(released: Released) -> pd.DataFrame:
    source, out = released.published.home / "rows.jsonl", released.published.home / "prices.jsonl"
    source.write_text("\n".join(map(json.dumps, instances(ROWS))))
    assert housing("predict", str(source), "--out", str(out)).exit_code == 0
    return pd.DataFrame(map(json.loads, out.read_text().splitlines()))


@contextmanager
def api(released: Released) -> Iterator[httpx.Client]:
    with serving(application_over(released.published)) as client:
        yield client


def by_api(released: Released) -> pd.DataFrame:
    with api(released) as client:
        return pd.DataFrame(client.post("/api/v1/predict", json={"instances": instances(ROWS)}).json()["predictions"])


def by_file_of_api(released: Released) -> pd.DataFrame:
    lines = "\n".join(map(json.dumps, instances(ROWS)))
    with api(released) as client:
        return pd.DataFrame(client.post("/api/v1/predict/file", content=lines).json()["predictions"])


def by_open_inference_protocol(released: Released) -> pd.DataFrame:
    with api(released) as client:
        answer = client.post("/v2/models/california_housing_price/infer", json={"inputs": tensors(ROWS)}).json()
    return pd.DataFrame({each["name"]: each["data"] for each in answer["outputs"]})


def by_pyfunc(released: Released) -> pd.DataFrame:
    import mlflow.pyfunc

    return pd.DataFrame({"price": mlflow.pyfunc.load_model(released.files).predict(ROWS)})


SERVED = [
    by_asset,
    by_command,
    by_command_from_parquet,
    by_command_to_lines,
    by_api,
    by_file_of_api,
    by_open_inference_protocol,
]


@pytest.mark.parametrize("way", [*SERVED, by_pyfunc])
def test_prices_are_the_bits_of_the_pipeline(released: Released, way: Callable[[Released], pd.DataFrame]) -> None:
    answer = way(released)
    names = [name for name in ENDS if name in answer]

    assert answer[names].to_numpy().tobytes() == released.expected[names].to_numpy().tobytes()


@pytest.mark.parametrize("released", ["linear"], indirect=True)
def test_a_linear_model_is_served_the_same_bits_every_way(released: Released) -> None:
    answers = {way(released)[ENDS].to_numpy().tobytes() for way in SERVED}

    assert len(answers) == 1


@pytest.mark.parametrize("released", ["linear"], indirect=True)
@pytest.mark.parametrize("way", [by_api, by_pyfunc])
def test_a_linear_model_is_its_pipeline_but_for_the_order_of_sums(
    released: Released, way: Callable[[Released], pd.DataFrame]
) -> None:
    np.testing.assert_allclose(way(released)["price"], released.expected["price"], rtol=ALLOWED_DIFFERENCE)
