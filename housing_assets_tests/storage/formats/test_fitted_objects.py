from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
import skops.io
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils import Bunch
from threadpoolctl import threadpool_limits

from housing_assets.storage.formats.fitted_objects import UntrustedTypesError
from housing_assets.trusted_types import model, model_bytes
from housing_assets_tests.storage import fitted

if TYPE_CHECKING:
    from collections.abc import Iterator

X, y = fitted.sample()
NAMES = sorted(fitted.estimators())


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small fits on a busy machine take seconds with more."""
    with threadpool_limits(1):
        yield


fit = cache(fitted.fit)


@pytest.fixture(scope="module")
def digests_elsewhere() -> dict[str, str]:
    """What another process, with another hash seed and more threads, makes of the same fits."""
    surroundings = {"OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "passive", "PYTHONHASHSEED": "12345"}
    command = [sys.executable, "-m", "housing_assets_tests.storage.fitted"]
    finished = subprocess.run(command, env=os.environ | surroundings, capture_output=True, text=True, check=True)
    digests: dict[str, str] = json.loads(finished.stdout)
    return digests


class TestCanonicalForm:
    @pytest.mark.parametrize("name", NAMES)
    def test_equal_fits_have_equal_bytes_in_every_process(self, digests_elsewhere: dict[str, str], name: str) -> None:
        assert fitted.digest(fit(name)) == digests_elsewhere[name]

    def test_archives_as_skops_writes_them_differ(self) -> None:
        first, second = (skops.io.dumps(Ridge().fit(X[["income"]], y)) for _ in range(2))
        assert first != second

    def test_different_fits_have_different_bytes(self) -> None:
        first, second = (DecisionTreeRegressor(max_depth=depth).fit(X[["income"]], y) for depth in (2, 3))
        assert model_bytes(first) != model_bytes(second)

    @pytest.mark.parametrize("name", ["clusters", "histogram squared_error"])
    def test_remembered_threads_do_not_count(self, name: str) -> None:
        estimator = clone(fit(name)).fit(X, y)
        before = model_bytes(estimator)
        keeper = getattr(estimator[-1], "_bin_mapper", estimator[-1])
        attribute = "n_threads" if hasattr(keeper, "n_threads") else "_n_threads"
        setattr(keeper, attribute, 7)
        assert model_bytes(estimator) == before

    def test_the_release_of_skops_does_not_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        before = model_bytes(fit("clusters"))
        monkeypatch.setattr(skops, "__version__", "0.16.99")
        assert b"0.16.99" in skops.io.dumps(Ridge())
        assert model_bytes(fit("clusters")) == before

    @pytest.mark.parametrize("kind", [set, frozenset])
    def test_order_within_sets_does_not_count(self, kind: type) -> None:
        collided, reverse = kind([0, 8, 16]), kind([16, 8, 0])
        assert list(collided) != list(reverse)
        assert model_bytes(Ridge().set_params(alpha=collided)) == model_bytes(Ridge().set_params(alpha=reverse))


class TestLoading:
    @pytest.mark.parametrize("name", NAMES)
    def test_predictions_are_the_same_to_the_last_bit(self, name: str) -> None:
        estimator = fit(name)
        loaded = model(model_bytes(estimator))
        np.testing.assert_array_equal(loaded.predict(X), estimator.predict(X))

    @pytest.mark.parametrize("name", NAMES)
    def test_what_was_loaded_has_the_same_bytes(self, name: str) -> None:
        content = model_bytes(fit(name))
        assert model_bytes(model(content)) == content

    def test_one_estimator_referred_to_twice_is_one_estimator(self) -> None:
        shared = Ridge().fit(X[["income"]], y)
        loaded = model(model_bytes(Bunch(first=shared, second=shared)))
        assert loaded.first is loaded.second

    def test_equal_estimators_stay_apart(self) -> None:
        loaded = model(model_bytes(Bunch(first=Ridge(), second=Ridge())))
        assert loaded.first is not loaded.second

    def test_awkward_attributes_survive(self) -> None:
        values = {"__loader__": "DictNode", "file": "x.npy", "__id__": 3, "bytes": b"\x00\x01", "nested": {"file": [1]}}
        loaded = model(model_bytes(Bunch(first=values, second={"a", "b"})))
        assert (loaded.first, loaded.second) == (values, {"a", "b"})


class TestTrust:
    def test_what_could_not_be_loaded_is_not_stored(self) -> None:
        with pytest.raises(UntrustedTypesError, match=r"KDTree.*housing_assets/trusted_types.py"):
            model_bytes(KNeighborsRegressor(algorithm="kd_tree").fit(X[["income"]], y))

    def test_an_archive_of_other_types_is_refused(self) -> None:
        with pytest.raises(UntrustedTypesError, match=r"subprocess\.Popen"):
            model(renamed(skops.io.dumps(Ridge()), "subprocess", "Popen"))

    def test_an_archive_cannot_call_functions(self) -> None:
        with pytest.raises(UntrustedTypesError, match=r"os\.system"):
            model(renamed(skops.io.dumps(Ridge()), "os", "system"))


def renamed(content: bytes, module: str, name: str) -> bytes:
    """An archive that claims to be of another type."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read("schema.json"))
    schema["__module__"], schema["__class__"] = module, name
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("schema.json", json.dumps(schema))
    return buffer.getvalue()
