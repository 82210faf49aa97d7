"""Reuse in a project of somebody else: own types and settings, no tracker, several packages, public names alone."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from housing_assets.reuse.prediction import State
from housing_assets_tests.reuse.shop_project import FILES, SOURCES, ShopProject

if TYPE_CHECKING:
    from pathlib import Path

ALL = ["basket:north", "basket:south", "cheap", "total"]
RATES = "site-packages/pricing/rates.py"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ShopProject:
    shop = ShopProject.create(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path / "site-packages"))
    assert shop.run() == ALL
    return shop


EDITS: dict[str, tuple[tuple[str, str, str], list[str], dict[str, int]]] = {
    "comment": ((RATES, "of each", "another"), [], {"north": 6, "south": 4}),
    "docstring": ((RATES, "Price each.", "Another."), [], {"north": 6, "south": 4}),
    "the text of an error": ((RATES, "there are no items", "items are missing"), [], {"north": 6, "south": 4}),
    "the text of a report": (("shop/lineage.py", '"pricing"', '"now pricing"'), [], {"north": 6, "south": 4}),
    "how, not what": (("shop/lineage.py", "workers: int = 1", "workers: int = 2"), [], {"north": 6, "south": 4}),
    "setting": (
        ("shop/lineage.py", "limit: int = 5", "limit: int = 100"),
        ["cheap", "total"],
        {"north": 6, "south": 10},
    ),
    "setting without effect on the values": (
        ("shop/lineage.py", "limit: int = 5", "limit: int = 6"),
        ["cheap"],
        {"north": 6, "south": 4},
    ),
    "constant of another package": ((RATES, "FACTOR = 2", "FACTOR = 1"), ["cheap", "total"], {"north": 3, "south": 5}),
    "method of a stored type": (
        ("shop/basket.py", "sorted(self.items)", "sorted(self.items)[:1]"),
        ["basket:north", "basket:south", "cheap", "total"],
        {"north": 2, "south": 4},
    ),
    "raw file of a partition": (
        ("files/south", "2 3", "1 1"),
        ["basket:south", "cheap", "total"],
        {"north": 6, "south": 4},
    ),
}


@pytest.mark.parametrize(("edit", "bodies", "total"), EDITS.values(), ids=EDITS)
def test_an_edit_computes_what_depends_on_it(
    shop: ShopProject, edit: tuple[str, str, str], bodies: list[str], total: dict[str, int]
):
    shop.edit(*edit)
    assert shop.run() == bodies
    assert shop.loaded()["total"] == total


def test_nothing_changed_computes_nothing(shop: ShopProject):
    assert shop.run() == []


def test_going_back_computes_nothing(shop: ShopProject):
    shop.edit(RATES, "FACTOR = 2", "FACTOR = 1")
    shop.run()
    shop.edit(RATES, "FACTOR = 1", "FACTOR = 2")
    assert shop.run() == []


def test_a_lost_object_is_computed_again(shop: ShopProject):
    for file in (shop.folder / "store" / "objects" / "cheap").iterdir():
        file.unlink()
    assert shop.run() == ["cheap"]


def test_status_names_what_an_edit_makes_stale(shop: ShopProject):
    shop.edit(RATES, "FACTOR = 2", "FACTOR = 1")
    states = {asset: prediction.state for asset, prediction in shop.predicted().items()}
    assert states == {
        "basket/partition=north": State.FRESH,
        "basket/partition=south": State.FRESH,
        "cheap": State.STALE,
        "total": State.WAITS,
    }


def test_a_package_among_the_libraries_counts_because_the_project_names_it(shop: ShopProject):
    cheap = shop.lineage().cheap
    assert "pricing/rates.py" in cheap.code().sources
    nameless = dataclasses.replace(cheap, project=dataclasses.replace(cheap.project, packages=()))
    assert "pricing/rates.py" not in nameless.code().sources


class Selection(BaseModel):
    limit: int = 5


SETTINGS: dict[str, Any] = {
    "dict": {"selection": {"limit": 5}, "how": {}},
    "pydantic": {"selection": Selection(), "how": None},
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_settings_may_be_of_any_kind(shop: ShopProject, settings: dict[str, Any]):
    """Equal settings of another kind are equal for ``cheap``."""
    lineage = shop.lineage()
    inputs = {f"basket/partition={name}": "v" for name in FILES}
    prints = [lineage.cheap.fingerprint(each, inputs, {}).digest for each in (settings, lineage.Settings())]
    assert prints[0] == prints[1]


def test_a_value_of_an_own_type_is_loaded_as_it_was(shop: ShopProject):
    store = shop.resources(shop.lineage(), [])["store"].open()
    kind = importlib.import_module("shop.basket").Basket
    entry = store.current("basket/partition=north")
    assert (store.load(entry.stored), entry.stored.types) == (kind((1, 2)), ("shop.basket.Basket",))


def test_the_messages_name_the_commands_of_the_project(shop: ShopProject):
    store = shop.resources(shop.lineage(), [])["store"].open()
    command = "dagster asset materialize --select 'basket' --partition 'north' -m shop.lineage"
    assert command in store.project.repair_advice("basket/partition=north")


def test_the_set_up_has_at_most_15_lines():
    lines = (SOURCES / "shop" / "setup.py").read_text().splitlines()
    assert sum(bool(line) for line in lines) <= 15


def test_it_takes_public_names_of_reuse_and_storage_alone():
    imports = [
        (node.module, alias.name)
        for file in (SOURCES / "shop").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("housing_assets")
        for alias in node.names
    ]
    assert {str(module).split(".")[1] for module, _ in imports} == {"reuse", "storage"}
    assert not [name for _, name in imports if name.startswith("_")]


def test_it_imports_no_other_room(shop: ShopProject):
    program = "import sys, shop.lineage; print(*sys.modules)"
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=shop.folder
    )
    rooms = {name.split(".")[1] for name in finished.stdout.split() if name.startswith("housing_assets.")}
    assert rooms == {"errors", "reuse", "storage"}
