from __future__ import annotations

import pytest

from housing_assets.settings import load_settings


def test_dask_without_an_address_is_a_fault_of_the_settings():
    with pytest.raises(ValueError, match="dask_address: null; backend dask needs the address of a scheduler"):
        load_settings({"compute": {"backend": "dask"}})


def test_dask_with_an_address_is_sound():
    assert load_settings({"compute": {"backend": "dask", "dask_address": "tcp://127.0.0.1:8786"}}).compute.workers > 0
