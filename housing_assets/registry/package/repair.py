"""The files of a registered version, restored from the store when the registered ones are gone or damaged.

The weights are an object of the store anyway. A copy of the other files is laid beside it at registration, under the
SHA-256 of their manifest. A version that was registered before there were copies is repaired as far as its own intact
files and the weights suffice.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import uuid
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from housing_assets.errors import ExpectedError
from housing_assets.registry.package.loader import WEIGHTS_FILE
from housing_assets.registry.package.manifest import MANIFEST_FILE, faults, local_folder, sha256_of
from housing_assets.registry.package.verification import local_files
from housing_assets.registry.tags import MANIFEST_TAG
from housing_assets.storage.objects import CorruptObjectError, MissingObjectError

if TYPE_CHECKING:
    from housing_assets.registry.versions import ModelRegistry, RegisteredVersion
    from housing_assets.storage.backends.blobs import Blobs
    from housing_assets.storage.store import Store


class UnrepairableError(ExpectedError, RuntimeError):
    """The store does not have what was registered. The registered files are left as they are."""


FOLDER = "registered"


def copy_name(manifest_sha256: str) -> str:
    return f"{FOLDER}/{manifest_sha256}.zip"


def keep_copy(blobs: Blobs, manifest_sha256: str, folder: Path) -> None:
    """Lay a copy of the files in ``folder`` but the weights into the store."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path != folder / WEIGHTS_FILE:
                archive.write(path, path.relative_to(folder).as_posix())
    blobs.create(copy_name(manifest_sha256), buffer.getvalue())


def repair(registry: ModelRegistry, store: Store, version: RegisteredVersion) -> int:
    """Put the registered files of ``version`` back. Returns how many faults that mended; 0 if it was intact.

    Raises:
        UnrepairableError: naming what cannot be restored. Nothing was changed.
    """
    manifest = version.tags.get(MANIFEST_TAG, "")
    present, wrong = present_files(registry, version)
    if not wrong:
        return 0
    files = {**present, **copied_files(store.blobs, manifest), **weights(store, version)}
    with tempfile.TemporaryDirectory() as temporary:
        folder = write_files(Path(temporary, "model"), registered_files(files, manifest))
        if missing := faults(folder, manifest):
            raise UnrepairableError(
                f"{version.uri} cannot be repaired from this store: {'; '.join(missing)}. Go back by `housing "
                "rollback`, or register the current model again by `housing run --select '*registered_model'`"
            )
        place(registry, version, folder)
    return len(wrong)


def present_files(registry: ModelRegistry, version: RegisteredVersion) -> tuple[dict[str, bytes], list[str]]:
    """Content by path of what is in the place of the version, and what is wrong with it."""
    from mlflow.exceptions import MlflowException

    try:
        with local_files(registry, version) as folder:
            paths = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
            files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
            return files, faults(folder, version.tags.get(MANIFEST_TAG, ""))
    except (MlflowException, OSError) as error:
        return {}, [f"its files cannot be read: {error}"]


def copied_files(blobs: Blobs, manifest_sha256: str) -> dict[str, bytes]:
    content = blobs.read(copy_name(manifest_sha256))
    if content is None:
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except zipfile.BadZipFile:
        return {}


def weights(store: Store, version: RegisteredVersion) -> dict[str, bytes]:
    try:
        return {WEIGHTS_FILE: store.content(store.made("trained_model", version.digest).stored)}
    except (MissingObjectError, CorruptObjectError):
        return {}


def registered_files(files: dict[str, bytes], manifest_sha256: str) -> dict[str, bytes]:
    """Of ``files``, the manifest and those that it names; only files of names that stay within the folder."""
    content = files.get(MANIFEST_FILE, b"")
    if sha256_of(content) != manifest_sha256:
        return {}
    return {name: each for name, each in files.items() if name == MANIFEST_FILE or name in json.loads(content)}


def write_files(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def place(registry: ModelRegistry, version: RegisteredVersion, folder: Path) -> None:
    """Let ``folder`` be the version's: at once where it is on this disk, else file by file through MLflow."""
    target = local_folder(version.files)
    if target is None:
        client, description = registry.client(), yaml.safe_load((folder / "MLmodel").read_text(encoding="utf-8"))
        with registry.limits():
            client.log_model_artifacts(description["model_id"], str(folder))
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    ready = target.with_name(f".{target.name}-{uuid.uuid4().hex}")
    shutil.copytree(folder, ready)
    if target.exists():
        damaged = ready.with_name(f"{ready.name}-damaged")
        target.rename(damaged)
        ready.rename(target)
        shutil.rmtree(damaged)
    else:
        ready.rename(target)
