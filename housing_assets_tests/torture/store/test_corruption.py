from __future__ import annotations

import random
from typing import TYPE_CHECKING

from housing_assets_tests.finished_run import finished_run, releases_of
from housing_assets_tests.mlflow_server import first_users, mlflow_library
from housing_assets_tests.torture.store.corruption import files, flip, views_of_registry, views_of_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from housing_assets_tests.small_run import SmallRun

__all__ = ["finished_run", "first_users", "mlflow_library"]


def faults(file: Path, views: dict[str, Callable[[], str]], times: int) -> list[str]:
    chance = random.Random(0)
    whole = {name: view() for name, view in views.items()}
    return [text for _ in range(times) for text in flip(file, chance, views, whole).wrong]


def test_a_flipped_bit_of_the_ledger_is_told(finished_run: SmallRun) -> None:
    releases_of(finished_run).promote(1, who="ada", why="the first one")
    (file,) = [file for file in files(finished_run) if "ledger" in file.parts]
    assert faults(file, {"ledger": views_of_store(finished_run)["ledger"]}, 100) == []


def test_a_flipped_bit_of_the_store_is_told(finished_run: SmallRun) -> None:
    chosen = [file for file in files(finished_run) if file.parent.name == "model_evaluation" or "current" in file.parts]
    views = {name: view for name, view in views_of_store(finished_run).items() if name.endswith("model_evaluation")}
    assert [text for file in chosen for text in faults(file, views, 5)] == []


def test_a_flipped_bit_of_a_registered_version_is_told(finished_run: SmallRun) -> None:
    chosen = [file for file in files(finished_run) if "mlartifacts" in file.parts]
    assert [text for file in chosen[:6] for text in faults(file, views_of_registry(finished_run), 1)] == []


def test_a_flipped_bit_that_nobody_notices_is_found(tmp_path: Path) -> None:
    file = tmp_path / "number"
    file.write_text("1234567890")
    assert len(faults(file, {"number": lambda: file.read_text(encoding="latin-1")}, 5)) == 5
