"""A price at all, with one command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.cli.services.first_model import is_needed, main
from housing_assets.registry.production.promotion import GateRefusedError
from housing_assets_tests.finished_run import releases_of

if TYPE_CHECKING:
    from housing_assets_tests.small_run import SmallRun


def test_the_first_model_is_promoted_through_the_same_gates(project: SmallRun):
    assert is_needed()
    with pytest.raises(GateRefusedError, match="california_housing_price/1 stays out of production. mae"):
        main("--config", "small.yaml")
    assert is_needed()


def test_where_something_was_in_production_nothing_happens(project: SmallRun):
    releases_of(project).promote(1, who="Ada", why="a test")
    assert not is_needed()
    main()
    assert [entry.who for entry in releases_of(project).history()] == ["Ada"]
