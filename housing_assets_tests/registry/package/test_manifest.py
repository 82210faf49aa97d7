from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.registry.package.manifest import faults, local_folder, write_manifest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "model.skops").write_bytes(b"weights")
    (tmp_path / "code" / "ratios.py").write_text("x = 1")
    return tmp_path


def test_what_was_not_touched_has_no_fault(folder: Path):
    assert faults(folder, write_manifest(folder)) == []


def test_a_swapped_file_is_named(folder: Path):
    manifest = write_manifest(folder)
    (folder / "model.skops").write_bytes(b"others!")

    assert faults(folder, manifest) == ["model.skops is not what was registered: it has another SHA-256"]


def test_a_missing_file_is_named(folder: Path):
    manifest = write_manifest(folder)
    (folder / "code" / "ratios.py").unlink()

    assert faults(folder, manifest) == ["code/ratios.py is gone"]


def test_an_added_file_is_named(folder: Path):
    manifest = write_manifest(folder)
    (folder / "code" / "sitecustomize.py").write_text("import os")

    assert faults(folder, manifest) == ["code/sitecustomize.py was not there at registration"]


def test_the_note_that_mlflow_leaves_is_no_fault(folder: Path):
    manifest = write_manifest(folder)
    (folder / "registered_model_meta").write_text("model_name: price")

    assert faults(folder, manifest) == []


def test_a_file_called_like_the_note_elsewhere_is_named(folder: Path):
    manifest = write_manifest(folder)
    (folder / "code" / "registered_model_meta").touch()

    assert faults(folder, manifest) == ["code/registered_model_meta was not there at registration"]


def test_a_link_to_a_folder_of_modules_is_named(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    manifest = write_manifest(folder)
    (folder / "code" / "numpy").symlink_to(tmp_path_factory.mktemp("numpy"))

    assert faults(folder, manifest) == ["code/numpy was not there at registration"]


def test_a_link_in_place_of_a_file_is_named(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    manifest = write_manifest(folder)
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "weights"
    (folder / "model.skops").rename(elsewhere)
    (folder / "model.skops").symlink_to(elsewhere)

    assert faults(folder, manifest) == ["model.skops is not what was registered: it has another SHA-256"]


def test_every_fault_is_named_at_once(folder: Path):
    manifest = write_manifest(folder)
    (folder / "model.skops").unlink()
    (folder / "new").touch()

    assert len(faults(folder, manifest)) == 2


def test_a_manifest_rewritten_to_match_is_refused(folder: Path):
    manifest = write_manifest(folder)
    (folder / "model.skops").write_bytes(b"others!")
    write_manifest(folder)

    assert faults(folder, manifest) == ["manifest.json is not what was registered"]


def test_a_missing_manifest_is_a_fault(folder: Path):
    assert faults(folder, "0" * 64) == ["manifest.json is gone"]


@pytest.mark.parametrize("uri", ["/srv/my models", "file:///srv/my%20models"])
def test_files_on_this_disk_are_found(uri: str):
    assert str(local_folder(uri)) == "/srv/my models"


@pytest.mark.parametrize("uri", ["gs://bucket/models", "mlflow-artifacts:/1/models", "server://"])
def test_files_elsewhere_are_not_on_this_disk(uri: str):
    assert local_folder(uri) is None


def test_a_missing_folder_is_a_fault(tmp_path: Path):
    assert faults(tmp_path / "nowhere", "0" * 64) == [f"{tmp_path / 'nowhere'} is gone"]
