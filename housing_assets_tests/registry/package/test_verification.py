from __future__ import annotations

import py_compile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from housing_assets.registry.package.manifest import sha256_of, write_manifest
from housing_assets.registry.package.presence import absence
from housing_assets.registry.package.verification import RefusedModelError, load, verify
from housing_assets.registry.tags import DIGEST_TAG, MANIFEST_TAG
from housing_assets.registry.versions import UnknownVersionError
from housing_assets_tests.registry.models import fitted, registered
from housing_assets_tests.registry.packages import run

if TYPE_CHECKING:
    from housing_assets.registry.versions import ModelRegistry

UNTRUSTED = "re.Pattern"


@pytest.fixture
def files(registry: ModelRegistry) -> Path:
    """The files of version 1."""
    registered(registry)
    return Path(registry.version(1).files.removeprefix("file://"))


def test_an_intact_version_passes(registry: ModelRegistry, files: Path):
    assert verify(registry, registry.version(1)) == sum(path.is_file() for path in files.rglob("*"))


def test_swapped_weights_are_refused(registry: ModelRegistry, files: Path):
    from housing_assets.trusted_types import model_bytes

    (files / "model.skops").write_bytes(model_bytes(fitted(depth=3)))

    with pytest.raises(RefusedModelError, match=r"price/1 .* model\.skops is not what was registered"):
        load(registry, 1)


def test_truncated_weights_are_refused(registry: ModelRegistry, files: Path):
    content = (files / "model.skops").read_bytes()
    (files / "model.skops").write_bytes(content[: len(content) // 2])

    with pytest.raises(RefusedModelError, match=r"model\.skops is not what was registered"):
        load(registry, 1)


def test_a_list_of_types_to_trust_that_was_extended_is_refused(registry: ModelRegistry, files: Path):
    (trusted,) = files.rglob("trusted_types.py")
    trusted.write_text(trusted.read_text().replace('"numpy.dtype"', '"numpy.dtype", "os.system"'))

    with pytest.raises(RefusedModelError, match=r"trusted_types\.py is not what was registered"):
        load(registry, 1)


class TestReadByMlflow:
    """Where it is on this disk, MLflow leaves a note and Python its bytecode in the folder."""

    @pytest.fixture
    def bytecode(self, registry: ModelRegistry, files: Path, tmp_path: Path) -> Path:
        script = "mlflow.set_tracking_uri(sys.argv[1]); mlflow.pyfunc.load_model(sys.argv[2]).predict"
        script = f"import sys, mlflow.pyfunc; {script}"
        run(script, registry.server.tracking_uri, registry.version(1).uri, cwd=tmp_path)
        assert (files / "registered_model_meta").is_file()
        return next(files.rglob("loader.*.pyc"))

    @pytest.mark.usefixtures("bytecode")
    def test_it_verifies_afterwards(self, registry: ModelRegistry) -> None:
        verify(registry, registry.version(1))

        assert absence(registry, 1, registry.version(1).digest) is None

    @pytest.mark.usefixtures("bytecode")
    def test_a_planted_module_is_refused(self, registry: ModelRegistry, files: Path) -> None:
        (files / "code" / "skops.py").write_text("")

        with pytest.raises(RefusedModelError, match=r"code/skops\.py was not there at registration"):
            verify(registry, registry.version(1))

    def test_planted_bytecode_is_refused(self, registry: ModelRegistry, bytecode: Path, tmp_path: Path) -> None:
        planted = tmp_path / "planted.py"
        planted.write_text("_load_pyfunc = print")
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(str(planted), cfile=str(bytecode), invalidation_mode=mode)

        with pytest.raises(RefusedModelError, match=r"loader\.cpython-\d+\.pyc was not there at registration"):
            verify(registry, registry.version(1))


def test_code_put_beside_the_model_is_refused(registry: ModelRegistry, files: Path):
    (files / "code" / "sitecustomize.py").write_text("")

    with pytest.raises(RefusedModelError, match=r"code/sitecustomize\.py was not there at registration"):
        load(registry, 1)


def test_the_error_says_how_to_go_on(registry: ModelRegistry, files: Path):
    (files / "model.skops").unlink()

    with pytest.raises(RefusedModelError, match="`housing rollback`"):
        load(registry, 1)


def test_types_that_our_list_lacks_are_refused_and_named(registry: ModelRegistry, files: Path):
    """Even where whoever changed the weights could also change every digest."""
    import skops.io
    from sklearn.preprocessing import FunctionTransformer

    content = skops.io.dumps(FunctionTransformer(func=print))
    (files / "model.skops").write_bytes(content)
    client = registry.client()
    client.set_model_version_tag(registry.model_name, "1", MANIFEST_TAG, write_manifest(files))
    client.set_model_version_tag(registry.model_name, "1", DIGEST_TAG, sha256_of(content))

    with pytest.raises(RefusedModelError, match=r"builtins\.print"):
        load(registry, 1)


def test_a_version_that_others_registered_is_refused(registry: ModelRegistry, files: Path):
    registry.client().create_model_version(registry.model_name, str(files))

    with pytest.raises(RefusedModelError, match="this project did not register it"):
        load(registry, 2)


def test_an_unknown_version_is_answered_with_the_known_ones(registry: ModelRegistry, files: Path):
    with pytest.raises(UnknownVersionError, match=r"Versions: 1; aliases: staging \(1\)"):
        load(registry, "production")
