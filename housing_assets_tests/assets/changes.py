"""What may happen to the small lineage between two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg
import pandas as pd

from housing_assets.domain.data.splits import is_training
from housing_assets.registry.production.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from housing_assets_tests.small_run import SmallRun

    Change = Callable[[SmallRun], object]


def nothing(run: SmallRun) -> None: ...


def setting(**overrides: Any) -> Change:
    """A section of the settings, or several, changed in part."""

    def change(run: SmallRun) -> None:
        run.overrides = overrides

    return change


def cell(*, of_training: bool, column: str, factor: float) -> Change:
    """One number of the raw file, in the first row of one side of the split."""

    def change(run: SmallRun) -> None:
        frame = pd.read_parquet(run.raw_file)
        side = is_training(frame, **run.settings().load().split.model_dump())
        row = frame.index[side if of_training else ~side][0]
        frame.loc[row, column] *= factor
        run.write(frame)

    return change


def resaved(run: SmallRun) -> None:
    """The same rows in other bytes."""
    before = run.raw_file.read_bytes()
    pd.read_parquet(run.raw_file).to_parquet(run.raw_file, compression="gzip")
    assert run.raw_file.read_bytes() != before


def copied(name: str) -> Change:
    """The raw file once more, under another name."""

    def change(run: SmallRun) -> None:
        (run.home / name).write_bytes(run.raw_file.read_bytes())

    return change


def back_and_forth(change: Change, *selection: str) -> Change:
    """A change, a run of ``selection`` or of everything, and back to how it was."""

    def both(run: SmallRun) -> None:
        raw, overrides = run.raw_file.read_bytes(), run.overrides
        change(run)
        assert run.computed(*selection)
        run.raw_file.write_bytes(raw)
        run.overrides = overrides

    return both


def deleted(folder: str) -> Change:
    """A folder of the store."""

    def change(run: SmallRun) -> None:
        for blob in list(run.store.blobs.list_blobs(folder)):
            run.store.blobs.delete(blob.name)

    return change


def corrupted(folder: str) -> Change:
    """Every file of a folder of the store, by bytes of the same length."""

    def change(run: SmallRun) -> None:
        blobs = run.store.blobs
        for blob in list(blobs.list_blobs(folder)):
            found = blobs.read_versioned(blob.name)
            assert found is not None
            blobs.replace(blob.name, b"#" * len(found.content), found.token)

    return change


def history_wiped(run: SmallRun) -> None:
    assert run.computed() == []
    run.instance.wipe()
    assert not run.instance.has_asset_key(dg.AssetKey("raw_housing"))


def registry_wiped(run: SmallRun) -> None:
    (run.home / "mlflow.db").unlink()


def registered_files_damaged(run: SmallRun) -> None:
    """The last byte of the registered model."""
    (file,) = (run.home / "mlartifacts").rglob("model.skops")
    file.write_bytes(file.read_bytes()[:-1] + b"#")


def promoted(run: SmallRun) -> None:
    """The registered model in production, as the ledger says it."""
    model = run.store.current("trained_model")
    assert model is not None
    name = run.settings().load().registry.model_name
    digest = model.stored.data_version
    Ledger(run.store.blobs, name).append("promotion", after=[], to_version=1, digest=digest, who="test", why="test")
