from __future__ import annotations

import dataclasses
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from housing_assets.domain.intervals.conformal import predict_with_interval
from housing_assets.registry.production.ledger import LedgerEntry
from housing_assets.registry.production.release_record import record_name
from housing_assets.serving.served_model import RefusedModelError, serve_model
from housing_assets.serving.sources.model_source import ModelSource, NoModelError
from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.entry import seal, unseal
from housing_assets_tests.mlflow_server import served
from housing_assets_tests.serving.published import ALGORITHMS, Published, content, digest, flip_byte
from housing_assets_tests.serving.small_model import new_rows, small_model

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets.serving.served_model import ServedModel

ROWS = new_rows(20)


def prices(version: int) -> bytes:
    price, _ = predict_with_interval(small_model(ALGORITHMS[version - 1]), ROWS, 0.9)
    return np.asarray(price).tobytes()


def answers_as(model: ServedModel, version: int) -> bool:
    found = (model.reference.version, model.reference.digest, model.predictor.predict(ROWS, 0.9).price.tobytes())
    return found == (version, digest(version), prices(version))


def test_production_comes_from_the_store(published: Published):
    published.promote(1)
    model = published.source().load("production")
    assert answers_as(model, 1)
    assert (model.source, model.reference.named_by, model.failures, model.warnings) == ("store", "ledger", (), ())
    assert model.described() == {
        "name": "california_housing_price",
        "version": 1,
        "digest": digest(1),
        "data_version": "1" * 64,
        "alias": "production",
        "source": "store",
    }


def test_an_alias_and_a_number_are_asked_of_mlflow(published: Published):
    source = published.source()
    assert [source.load(wanted).reference.version for wanted in ("staging", "1", "2")] == [2, 1, 2]
    assert source.load("staging").failures == ()


def test_what_is_not_there_is_said_by_each_source(published: Published):
    with pytest.raises(NoModelError, match=r"no alias 'champion' in MLflow.*never served 'champion'"):
        published.source().load("champion")


def test_nothing_in_production_says_how_to_change_that(published: Published):
    with pytest.raises(NoModelError, match="housing promote VERSION --why REASON"):
        published.source().load("production")


class TestOneSourceFails:
    """Whatever becomes of one source, the next one answers, and the failure is said."""

    def test_a_flipped_byte_in_the_store(self, published: Published) -> None:
        published.promote(1)
        flip_byte(published.weights(1))
        model = published.source().load("production")
        assert answers_as(model, 1)
        assert model.source == "mlflow"
        assert "DamagedSourceError: its" in str(model.failures[0])

    def test_the_store_is_gone(self, published: Published) -> None:
        published.promote(2)
        shutil.rmtree(published.home / "store")
        model = published.source().load("production")
        assert answers_as(model, 2)
        assert (model.source, model.reference.named_by) == ("mlflow", "mlflow")
        assert {failure.source for failure in model.failures} == {"store"}

    def test_mlflow_is_gone(self, published: Published) -> None:
        published.promote(2)
        (published.home / "mlflow.db").unlink()
        shutil.rmtree(published.home / "mlartifacts")
        model = published.source().load("production")
        assert answers_as(model, 2)
        assert (model.source, model.warnings) == ("store", ())

    @pytest.mark.parametrize("damage", ["gone", "flipped"])
    def test_store_and_mlflow_fail(self, published: Published, damage: str) -> None:
        published.promote(1)
        published.source().load("production")
        if damage == "gone":
            for name in ("store", "mlartifacts"):
                shutil.rmtree(published.home / name)
            (published.home / "mlflow.db").unlink()
        else:
            flip_byte(published.weights(1))
            flip_byte(published.files(1) / "model.skops")
        model = published.source().load("production")
        assert answers_as(model, 1)
        assert (model.source, model.warnings, model.data_version) == ("copy", (), "1" * 64)
        assert {failure.source for failure in model.failures} == {"store", "mlflow"}

    def test_all_fail(self, published: Published) -> None:
        published.promote(1)
        published.source().load("production")
        for path in (published.weights(1), published.files(1) / "model.skops", *published.copies.rglob("*.skops")):
            flip_byte(path)
        with pytest.raises(NoModelError) as refused:
            published.source().load("production")
        assert [failure.source for failure in refused.value.failures] == ["store", "mlflow", "copy"]

    def test_a_damaged_copy_is_replaced(self, published: Published) -> None:
        published.promote(1)
        source = published.source()
        source.load("production")
        (copy,) = published.copies.rglob("*.skops")
        flip_byte(copy)
        source.load("production")
        assert copy.read_bytes() == content(1)


class TestWhatIsSaidOfAModelIsDamaged:
    def test_a_ledger_that_names_another_version_is_not_followed(self, published: Published) -> None:
        published.promote(2)
        (entry,) = (published.home / "store" / "ledger").rglob("*.json")
        written = LedgerEntry.from_json(entry.read_bytes())
        entry.write_bytes(dataclasses.replace(written, to_version=1).to_json())  # with a checksum that fits
        model = published.source().load("production")
        assert answers_as(model, 2)
        assert "one of the two was changed" in str(model.failures[0])

    def test_a_flipped_byte_in_the_record_makes_another_source_speak(self, published: Published) -> None:
        published.promote(1)
        flip_byte(published.home / "store" / record_name("california_housing_price", digest(1)))
        model = published.source().load("production")
        assert answers_as(model, 1)
        assert (model.data_version, model.warnings) == ("1" * 64, ())
        assert any(failure.what == "record" for failure in model.failures)

    def test_a_flipped_byte_in_the_example_predictions_of_mlflow(self, published: Published) -> None:
        flip_byte(published.files(1) / "example_predictions.json")
        model = published.source().load("1")
        assert answers_as(model, 1)
        assert model.warnings == ("its prices could not be checked: no example predictions are recorded",)

    def test_a_flipped_byte_in_what_was_served_last(self, published: Published) -> None:
        published.promote(1)
        published.source().load("production")
        shutil.rmtree(published.home / "store")
        (published.home / "mlflow.db").unlink()
        flip_byte(published.copies / "california_housing_price" / "served" / "production.json")
        with pytest.raises(NoModelError, match="InvalidEntryError"):
            published.source().load("production")


def test_other_prices_than_at_registration_are_refused(published: Published):
    published.promote(1)
    file = published.home / "store" / record_name("california_housing_price", digest(1))
    record = unseal(file.read_bytes())
    record["examples"]["prices"][0] += 1000
    file.write_bytes(seal(record))
    with pytest.raises(RefusedModelError, match=r"row 1 of its input example has .* and gets"):
        published.source().load("production")


def test_other_versions_of_deciding_libraries_are_said(published: Published):
    published.promote(1)
    source = published.source()
    reference, _ = source.resolve("production")
    record = source.store.record(reference)
    assert record
    record["examples"]["libraries"]["numpy"] = "1.0"
    (warning,) = serve_model(reference, "store", content(1), record, []).warnings
    assert warning.startswith("numpy is ")
    assert warning.endswith("the model was registered with 1.0")


def test_only_so_many_copies_are_kept(published: Published):
    source = published.source()
    source.copies.kept = 1
    for version in ("1", "2"):
        published.promote(int(version))
        source.load("production")
    assert [file.stem for file in published.copies.rglob("*.skops")] == [digest(2)]


def test_a_server_hands_out_the_bytes(published: Published, tmp_path: Path):
    """The artifacts of a version on a server, through its proxy, where there is nothing in the store."""
    from housing_assets.registry.registration import register
    from housing_assets.registry.versions import ModelRegistry
    from housing_assets.settings import load_settings
    from housing_assets.tracking.mlflow_server import MlflowServer
    from housing_assets_tests.mlflow_server import forget_experiments
    from housing_assets_tests.serving.published import registration

    folder = tmp_path / "server"
    folder.mkdir()
    shutil.copy(published.home / "mlflow.db", folder / "mlflow.db")
    forget_experiments(folder / "mlflow.db")
    settings = load_settings({"registry": {"model_name": "remote"}})
    with served(folder) as address:
        registry = ModelRegistry(MlflowServer.remote(address, tmp_path), settings.registry, "remote", address)
        register(registry, content(1), registration(1, "blend"))
        source = ModelSource.opened(
            published.blobs, address, tmp_path / "copies", registry=settings.registry, serving=settings.serving
        )
        published.weights(1).unlink()
        model = source.load("staging")
        assert answers_as(model, 1)
        assert (model.source, model.warnings) == ("mlflow", ())
        (folder / "artifacts").rename(folder / "away")
        assert source.load("staging").source == "copy"
    assert source.load("staging").reference.named_by == "copy"


def test_a_promotion_of_an_earlier_release_wrote_no_record(published: Published):
    """MLflow then says what the version is; without MLflow it is served all the same, and that is said."""
    published.promote(1)
    shutil.rmtree(published.home / "store" / "releases")
    model = published.source().load("production")
    assert (model.source, model.data_version, model.warnings) == ("store", "1" * 64, ())
    shutil.rmtree(published.copies)
    (published.home / "mlflow.db").unlink()
    model = published.source().load("production")
    assert answers_as(model, 1)
    assert (model.source, model.data_version) == ("store", "")
    assert model.warnings == ("its prices could not be checked: no example predictions are recorded",)


class CountedBlobs(LocalBlobs):
    """Notes what is read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.names: list[str] = []

    def read(self, name: str) -> bytes | None:
        self.names.append(name)
        return super().read(name)


def test_a_ledger_that_did_not_change_is_not_read_again(published: Published):
    published.promote(1)
    blobs = CountedBlobs(published.home / "store")
    store = dataclasses.replace(published.source().store, blobs=blobs)
    first = store.reference("production")
    blobs.names.clear()
    assert store.reference("production") == first
    assert blobs.names == []
    published.promote(2)
    second = store.reference("production")
    assert second
    assert second.version == 2
