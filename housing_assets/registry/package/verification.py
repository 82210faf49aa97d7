"""Before anything of a registered version is used: it is what was registered.

MLflow loads swapped weights without a word, and reads the list of types to trust from the file that asks for them. Here
every file is held against the manifest made at registration, and the list is the one in our code. Then the model is
asked for the prices of its input example, because code that changed makes other prices of the same weights.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housing_assets.errors import ExpectedError
from housing_assets.registry.package.example_predictions import EXAMPLE_FILE, difference, origin
from housing_assets.registry.package.loader import WEIGHTS_FILE
from housing_assets.registry.package.manifest import faults, local_folder, sha256_of
from housing_assets.registry.tags import MANIFEST_TAG
from housing_assets.storage.formats.fitted_objects import UntrustedTypesError
from housing_assets.trusted_types import model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from housing_assets.registry.versions import ModelRegistry, RegisteredVersion


class RefusedModelError(ExpectedError, RuntimeError):
    """A version whose files are not those that were registered, or that asks for types we do not trust."""


class ChangedCodeError(RefusedModelError):
    """A version that is intact, and that today's code makes other prices of than the code it was registered with."""


def verify(registry: ModelRegistry, version: RegisteredVersion) -> int:
    """Hold every file of ``version`` against its manifest, and its prices against the registered ones.

    Returns the number of files.

    Raises:
        RefusedModelError: naming each file that differs, and how.
        ChangedCodeError: the files are intact, but the code is another one.
    """
    with local_files(registry, version) as folder:
        loaded(version, folder)
        return sum(path.is_file() for path in folder.rglob("*"))


def load(registry: ModelRegistry, reference: int | str) -> Any:
    """The model of a version or alias, verified first: it predicts what it predicted when it was registered.

    Raises:
        UnknownVersionError: no such version or alias.
        RefusedModelError: a file differs from its registration, or the model is of types that we do not trust.
        ChangedCodeError: today's code makes other prices of it, or fails.
    """
    version = registry.version(reference)
    with local_files(registry, version) as folder:
        return loaded(version, folder)


def loaded(version: RegisteredVersion, folder: Path) -> Any:
    """The model in ``folder``, verified. Raises what ``load`` raises.

    A version that was registered before predictions were written is known by its files alone.
    """
    check(version, folder)
    content = (folder / WEIGHTS_FILE).read_bytes()
    if sha256_of(content) != version.digest:
        raise RefusedModelError(f"{version.uri} is refused: {WEIGHTS_FILE} is not the content of its digest")
    file = folder / EXAMPLE_FILE
    registered = json.loads(file.read_bytes()) if file.is_file() else None
    try:
        pipeline = model(content)
    except UntrustedTypesError as error:
        raise RefusedModelError(f"{version.uri} is refused: {error}") from error
    except Exception as error:
        raise ChangedCodeError(changed(version, f"it cannot be read, {error!r}", registered)) from error
    if registered and (other := difference(pipeline, registered)):
        raise ChangedCodeError(changed(version, other, registered))
    return pipeline


def changed(version: RegisteredVersion, how: str, registered: Mapping[str, Any] | None) -> str:
    """What to say of a version that today's code is not the right one for."""
    code = origin(registered) if registered else f"git commit {version.tags.get('git_commit', 'not recorded')}"
    return (
        f"{version.uri} is refused: the code changed since, and makes another model of it: {how}. It was registered "
        f"with {code}. To use it as it was, check that commit out, or load it with the code that it carries by "
        f'mlflow.pyfunc.load_model("{version.uri}"). To go on with the code of today, train and promote a new one: '
        "`housing run`"
    )


def check(version: RegisteredVersion, folder: Path) -> None:
    """Raise RefusedModelError unless ``folder`` holds what was registered."""
    manifest = version.tags.get(MANIFEST_TAG)
    found = faults(folder, manifest) if manifest else [f"no tag {MANIFEST_TAG}: this project did not register it"]
    if found:
        raise RefusedModelError(
            f"{version.uri} is refused: {'; '.join(found)}. Restore it by `housing repair {version.version}`, go "
            "back by `housing rollback`, or register again by "
            "`dagster asset materialize --select '*registered_model' -m housing_assets.definitions`"
        )


@contextmanager
def local_files(registry: ModelRegistry, version: RegisteredVersion) -> Iterator[Path]:
    """The folder of the version's files: where it is, if on this disk, or a temporary copy.

    Raises:
        RefusedModelError: the files are gone.
    """
    folder = local_folder(version.files)
    if folder is not None:
        yield folder
        return
    from mlflow.artifacts import download_artifacts

    with tempfile.TemporaryDirectory() as temporary, registry.limits():
        registry.client()
        yield Path(download_artifacts(version.files, dst_path=temporary, tracking_uri=registry.server.tracking_uri))
