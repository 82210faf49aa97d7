from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import yaml

from housing_assets.domain.libraries import LIBRARIES
from housing_assets.domain.models.regressors import make_regressor, trees_parameter
from housing_assets.registry.package.manifest import sha256_of
from housing_assets.registry.package.mlflow_model import ContentMismatchError, requirements
from housing_assets.registry.package.verification import load
from housing_assets.registry.registration import register, start_run
from housing_assets.tracking.mlflow_server import MlflowServer
from housing_assets.trusted_types import model_bytes
from housing_assets_tests.registry.models import fitted, registered, registration, rows

if TYPE_CHECKING:
    from housing_assets.registry.versions import ModelRegistry


def files(registry: ModelRegistry, version: int) -> Path:
    return Path(registry.version(version).files.removeprefix("file://"))


def runs(registry: ModelRegistry) -> list[Any]:
    return list(registry.client().search_runs([registry.server.experiment_id(registry.experiment)]))


def test_the_first_registration_is_version_one(registry: ModelRegistry):
    reference = registered(registry)

    assert (reference.version, reference.created, reference.uri) == (1, True, "models:/california_housing_price/1")


def test_the_same_content_is_the_same_version(registry: ModelRegistry):
    first, second = registered(registry), registered(registry)

    assert (second.version, second.created) == (first.version, False)
    assert len(registry.versions()) == 1


def test_a_release_of_skops_changes_no_registration(registry: ModelRegistry, monkeypatch: pytest.MonkeyPatch):
    """The stored bytes are registered, as another version of skops wrote them."""
    import skops

    with monkeypatch.context() as earlier:
        earlier.setattr(skops, "__version__", "0.15.9")
        stored = skops.io.dumps(fitted())
    assert stored != model_bytes(fitted())
    reference = register(registry, stored, registration(fitted(), digest=sha256_of(stored)))

    assert (files(registry, 1) / "model.skops").read_bytes() == stored
    assert register(registry, stored, registration(fitted(), digest=sha256_of(stored))).version == reference.version


def test_other_content_is_another_version(registry: ModelRegistry):
    assert [registered(registry, depth).version for depth in (2, 3)] == [1, 2]


def test_the_newest_registration_is_the_candidate(registry: ModelRegistry):
    for depth in (2, 3):
        registered(registry, depth)

    assert registry.aliases() == {"staging": 2}


def test_a_registration_killed_before_its_alias_is_completed(registry: ModelRegistry):
    registered(registry)
    registry.client().delete_registered_model_alias(registry.model_name, "staging")
    registered(registry)

    assert registry.aliases() == {"staging": 1}


def test_two_processes_at_once_agree_on_one_version(registry: ModelRegistry):
    registered(registry, depth=1)
    with ThreadPoolExecutor(2) as pool:
        references = list(pool.map(lambda _: registered(registry, depth=2), range(2)))

    assert len({reference.version for reference in references}) == 1
    assert len(registry.versions(references[0].digest)) == 1


def test_content_whose_files_are_gone_is_registered_anew(registry: ModelRegistry):
    first = registered(registry)
    (files(registry, 1) / "model.skops").unlink()
    second = registered(registry)

    assert (second.version, second.created) == (2, True)
    assert f"{first.uri} is refused: model.skops is gone" in second.refused[0]


def test_a_model_of_another_digest_is_refused(registry: ModelRegistry):
    with pytest.raises(ContentMismatchError, match="registered was 0000"):
        register(registry, model_bytes(fitted()), registration(fitted(), digest="0" * 64))


def test_a_registration_that_fails_leaves_no_version(registry: ModelRegistry):
    with pytest.raises(ContentMismatchError):
        register(registry, model_bytes(fitted()), registration(fitted(), digest="0" * 64))

    assert registry.versions() == []
    assert [run.info.status for run in runs(registry)] == ["FAILED"]


def test_the_run_of_a_registration_that_was_killed_ends_with_the_next(registry: ModelRegistry):
    killed = start_run(registry.client(), registry, registration(fitted()))
    registered(registry)

    assert {run.info.run_id == killed: run.info.status for run in runs(registry)} == {True: "KILLED", False: "FINISHED"}


def test_metrics_and_parameters_are_in_its_run(registry: ModelRegistry):
    run = registry.client().get_run(registered(registry).run_id)

    assert run.data.params == {"depth": "2"}
    assert run.data.metrics == {"overall.rmse": 48_000.0, "price_band.below 100k.rmse": 9_000.0}
    assert run.info.status == "FINISHED"


def test_its_run_is_below_that_of_the_dagster_run(registry: ModelRegistry):
    model = fitted()
    reference = register(registry, model_bytes(model), registration(model, parent_run_id="a" * 32))

    assert registry.client().get_run(reference.run_id).data.tags["mlflow.parentRunId"] == "a" * 32


def test_tags_lead_to_the_data_and_the_dagster_run(registry: ModelRegistry):
    tags = registry.version(registered(registry).version).tags

    assert (tags["housing.data_fingerprint"], tags["dagster.run_id"], tags["git_commit"]) == (
        "d" * 64,
        "dagster-run-1",
        "abc",
    )


def test_the_configuration_is_among_the_files(registry: ModelRegistry):
    registered(registry)

    assert yaml.safe_load((files(registry, 1) / "model_config.yaml").read_text()) == {"training": {"depth": 2}}


def test_the_documents_are_among_the_files(registry: ModelRegistry):
    registered(registry)

    assert (files(registry, 1) / "model_card.md").read_text() == "# Model card"


def test_mlflow_installs_what_it_needs_to_predict(registry: ModelRegistry):
    registered(registry)
    requirements = (files(registry, 1) / "requirements.txt").read_text().splitlines()

    assert [line.partition("==")[0] for line in requirements] == [
        library.distribution for library in LIBRARIES if library.predicts
    ]


@pytest.mark.parametrize("algorithm", ["lightgbm", "catboost"])
def test_a_model_with_a_booster_asks_for_its_library(algorithm: str):
    pytest.importorskip(algorithm, reason="needs the extra boosters")
    few = pd.concat([rows()] * 20, ignore_index=True)
    model = make_regressor(algorithm, {trees_parameter(algorithm): 2}, seed=1).fit(few, few["median_income"])

    assert f"{algorithm}=={metadata.version(algorithm)}" in requirements(model_bytes(model))


def test_mlflow_loads_it_with_signature_and_example(registry: ModelRegistry):
    import mlflow.pyfunc

    registered(registry)
    model = mlflow.pyfunc.load_model(str(files(registry, 1)))

    assert model.metadata.signature.inputs.input_names() == ["median_income", "housing_median_age"]
    assert list(model.predict(rows())) == list(fitted().predict(rows()))


def test_what_is_loaded_predicts_the_same_numbers(registry: ModelRegistry):
    registered(registry)

    assert list(load(registry, "staging").predict(rows())) == list(fitted().predict(rows()))


def test_a_registry_that_is_down_fails_the_registration(mlflow_library: None, registry: ModelRegistry, tmp_path: Path):
    import dataclasses

    from mlflow.exceptions import MlflowException

    down = dataclasses.replace(registry, server=MlflowServer.remote("http://127.0.0.1:9", tmp_path))

    with pytest.raises(MlflowException, match=r"127\.0\.0\.1"):
        registered(down)
