from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest

from housing_assets.domain.imputation.strategies import NeighbourMean
from housing_assets.storage.formats.fitted_objects import UntrustedTypesError
from housing_assets.trusted_types import OURS, PLACES, model, model_bytes, modules

X, Y = np.arange(12.0).reshape(6, 2), np.arange(6.0)
FORMER = "housing_assets.domain.a_place_of_former_times"


def fitted() -> Any:
    return NeighbourMean(neighbours=2).fit(X, Y)


def named(content: bytes, module: str, name: str = "NeighbourMean") -> bytes:
    """The archive as if the class were called that in ``module``."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    schema = json.loads(members["schema.json"])
    schema["__module__"], schema["__class__"] = module, name
    members["schema.json"] = json.dumps(schema).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for each, member in members.items():
            archive.writestr(each, member)
    return buffer.getvalue()


def test_an_archive_of_today_stays_as_it_is():
    content = model_bytes(fitted())

    assert PLACES.with_present_names(content) is content


def test_a_class_that_moved_since_is_found():
    loaded = model(named(model_bytes(fitted()), FORMER))

    assert type(loaded) is NeighbourMean
    assert list(loaded.predict(X)) == list(fitted().predict(X))


@pytest.mark.parametrize(("module", "name"), [(FORMER, "Unknown"), ("os", "NeighbourMean"), ("os", "system")])
def test_nothing_else_is_trusted_by_its_name(module: str, name: str):
    with pytest.raises(UntrustedTypesError, match=rf"{module}\.{name}"):
        model(named(model_bytes(fitted()), module, name))


def test_a_class_is_known_by_its_name_alone():
    assert len(PLACES.modules) == len(OURS)


def test_modules_are_those_of_today():
    content = named(model_bytes(fitted()), FORMER)

    assert NeighbourMean.__module__ in modules(content)
    assert FORMER not in modules(content)
