"""The files of a registered version: an MLflow model whose weights are the very bytes of the content store.

It carries the source of ``housing_assets.domain``, whose transformers it is made of, so that ``mlflow models serve``
needs nothing of this project installed.
"""

from __future__ import annotations

import shutil
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from housing_assets.errors import ExpectedError
from housing_assets.registry.manifest import sha256_of, write_manifest
from housing_assets.storage.formats.fitted_objects import model_bytes
from housing_assets.storage.formats.trusted_types import TRUSTED_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

WEIGHTS_FILE = "model.skops"
CONFIG_FILE = "model_config.yaml"
REQUIREMENTS = ("mlflow", "numpy", "pandas", "scikit-learn", "scipy", "skops")
"""What a model of ours needs to predict. Given to MLflow, which would otherwise spend 5 to 11 s to infer it."""


class ContentMismatchError(ExpectedError, ValueError):
    """The model is not the one whose digest was given."""


def write_package(
    folder: Path,
    model: Any,
    *,
    digest: str,
    input_example: pd.DataFrame,
    model_config: Mapping[str, Any],
    documents: Mapping[str, str],
    run_id: str,
    model_id: str,
) -> str:
    """Write the MLflow model to ``folder``, which must not exist, and return the SHA-256 of its manifest.

    Args:
        folder: where to write.
        model: a fitted estimator that takes the columns of ``input_example``.
        digest: the data version of ``model`` in the store.
        input_example: a few raw rows, from which the signature is inferred too.
        model_config: the settings that made the model, written as YAML.
        documents: further text files by name, such as the model card.
        run_id: the MLflow run that registers.
        model_id: the MLflow model that the files will belong to.

    Raises:
        ContentMismatchError: the bytes of ``model`` have another SHA-256 than ``digest``.
    """
    content = model_bytes(model)
    if sha256_of(content) != digest:
        raise ContentMismatchError(f"the model's bytes have SHA-256 {sha256_of(content)}, registered was {digest}")
    description = save(folder, model, input_example, run_id, model_id)
    # MLflow dumps a model anew, with memory addresses in it: the stored bytes are the ones that have the digest.
    (folder / WEIGHTS_FILE).write_bytes(content)
    description.model_size_bytes = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    description.save(str(folder / "MLmodel"))
    (folder / CONFIG_FILE).write_text(yaml.safe_dump(dict(model_config), sort_keys=False), encoding="utf-8")
    for name, text in documents.items():
        (folder / name).write_text(text, encoding="utf-8")
    return write_manifest(folder)


def save(folder: Path, model: Any, input_example: pd.DataFrame, run_id: str, model_id: str) -> Any:
    """Write the MLflow model and return its description, an ``mlflow.models.Model``."""
    import mlflow.sklearn
    from mlflow.models import Model, infer_signature

    description = Model(run_id=run_id, model_id=model_id)
    source = folder.with_name("source") / "housing_assets"
    copy_domain(source)
    mlflow.sklearn.save_model(
        model,
        str(folder),
        mlflow_model=description,
        serialization_format="skops",
        skops_trusted_types=sorted(TRUSTED_TYPES),
        signature=infer_signature(input_example, model.predict(input_example)),
        input_example=input_example,
        pip_requirements=[f"{name}=={version(name)}" for name in REQUIREMENTS],
        code_paths=[str(source)],
    )
    return description


def copy_domain(target: Path) -> None:
    """The package ``housing_assets`` with nothing but ``domain`` in it."""
    package = Path(__file__).parent.parent
    ignored = shutil.ignore_patterns("__pycache__", "figures")
    shutil.copytree(package / "domain", target / "domain", ignore=ignored)
    shutil.copy(package / "__init__.py", target / "__init__.py")
