"""The files of a registered version: an MLflow model whose weights are the very bytes of the content store.

It carries the modules that it predicts with (``packaged_code``): ``mlflow models serve`` needs nothing of this project
installed, and where another state of it is, predicts as at registration all the same.
"""

from __future__ import annotations

import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from housing_assets.domain.libraries import needed_to_predict
from housing_assets.errors import ExpectedError
from housing_assets.registry.package.example_predictions import EXAMPLE_FILE, example_json
from housing_assets.registry.package.loader import WEIGHTS_FILE
from housing_assets.registry.package.manifest import sha256_of, write_manifest
from housing_assets.registry.package.packaged_code import loader_of, write_code
from housing_assets.trusted_types import model as load_model
from housing_assets.trusted_types import modules

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

CONFIG_FILE = "model_config.yaml"


class ContentMismatchError(ExpectedError, ValueError):
    """The bytes are not those whose digest was given."""


def write_package(
    folder: Path,
    content: bytes,
    *,
    digest: str,
    input_example: pd.DataFrame,
    coverage: float,
    model_config: Mapping[str, Any],
    documents: Mapping[str, str],
    run_id: str,
    model_id: str,
) -> str:
    """Write the MLflow model to ``folder``, which must not exist, and return the SHA-256 of its manifest.

    Args:
        folder: where to write.
        content: the bytes of the store's object: a fitted estimator that takes the columns of ``input_example``.
        digest: the data version of that object.
        input_example: a few raw rows, whose columns are those of the signature. What the model says of them is written
            beside it (``example_predictions``).
        coverage: of the intervals in that.
        model_config: the settings that made the model, written as YAML.
        documents: further text files by name, such as the model card.
        run_id: the MLflow run that registers.
        model_id: the MLflow model that the files will belong to.

    Raises:
        ContentMismatchError: ``content`` has another SHA-256 than ``digest``.
    """
    if sha256_of(content) != digest:
        raise ContentMismatchError(f"the model's bytes have SHA-256 {sha256_of(content)}, registered was {digest}")
    model = load_model(content)
    description = save(folder, content, model.predict(input_example), input_example, run_id, model_id)
    (folder / WEIGHTS_FILE).write_bytes(content)
    (folder / EXAMPLE_FILE).write_text(example_json(model, input_example, coverage), encoding="utf-8")
    description.model_size_bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    description.save(str(folder / "MLmodel"))
    (folder / CONFIG_FILE).write_text(yaml.safe_dump(dict(model_config), sort_keys=False), encoding="utf-8")
    for name, text in documents.items():
        (folder / name).write_text(text, encoding="utf-8")
    return write_manifest(folder)


def save(folder: Path, content: bytes, predicted: Any, input_example: pd.DataFrame, run_id: str, model_id: str) -> Any:
    """Write the MLflow model but for its weights, and return its description, an ``mlflow.models.Model``."""
    import mlflow.pyfunc
    from mlflow.models import Model

    description = Model(run_id=run_id, model_id=model_id)
    with tempfile.TemporaryDirectory() as temporary:
        package = write_code(Path(temporary), content)
        mlflow.pyfunc.save_model(
            str(folder),
            mlflow_model=description,
            loader_module=loader_of(package),
            signature=signature_of(input_example, predicted),
            input_example=input_example,
            pip_requirements=requirements(content),
            code_paths=[str(package)],
        )
    return description


def signature_of(input_example: pd.DataFrame, predicted: Any) -> Any:
    """The signature of a model, an ``mlflow.models.ModelSignature``: every column is asked for, none by its type.

    A column of MLflow's type ``double`` refuses whole numbers of 64 bits, nullable integers and a gap among objects
    before the model sees them. The model converts all of these, and names what it cannot.
    """
    from mlflow.models import ModelSignature, infer_signature
    from mlflow.types.schema import AnyType, ColSpec, Schema

    inputs = Schema([ColSpec(AnyType(), str(name)) for name in input_example])  # type: ignore[no-untyped-call]
    return ModelSignature(inputs, infer_signature(model_output=predicted).outputs)


def requirements(content: bytes) -> list[str]:
    """What the model needs to predict. Given to MLflow, which would otherwise spend 5 to 11 s to infer it."""
    libraries = needed_to_predict(modules(content))
    return [f"{library.distribution}=={version(library.distribution)}" for library in libraries]
