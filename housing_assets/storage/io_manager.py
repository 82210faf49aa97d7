"""The store as Dagster resources: on a local disk, and as the IO manager of every asset.

Assets of the lineage put and load by themselves, so that a step with nothing to compute touches no value. The IO
manager serves everyone else: ordinary assets and checks of a user's own, notebooks, ``Definitions.load_asset_value``.
The store in the cloud is in ``gcs_store``, which imports the cloud's libraries.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg

from housing_assets.storage.backends.local_blobs import LocalBlobs
from housing_assets.storage.entry import Entry, StoredObject
from housing_assets.storage.names import partition_name
from housing_assets.storage.objects import MissingObjectError
from housing_assets.storage.project import Project
from housing_assets.storage.store import Store


class StoreResource(dg.ConfigurableResource[Any], ABC):
    """A configured place of a store."""

    @abstractmethod
    def open(self) -> Store:
        """The store, the same one at every call."""

    def project(self) -> Project:
        """What the store is told of the project. A project overrides it in a subclass of the store that it has."""
        return Project()


class LocalStore(StoreResource):
    """A store in ``folder``; a relative one follows the working directory."""

    folder: str

    def open(self) -> Store:
        return self._store

    @cached_property
    def _store(self) -> Store:
        return Store(LocalBlobs(Path(self.folder)), self.project())


class StoreIOManager(dg.ConfigurableIOManager):
    """Hands values over by content: an output becomes the asset's current entry, an input is the current entry.

    A partition is stored like an asset of its own. The data version that Dagster sees is the hash of the content.
    """

    store: StoreResource

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        store = self.store.open()
        asset = output_key(context)
        stored = store.put(asset, obj)
        store.point(asset, entry_without_fingerprint(stored, context.run_id))
        context.add_output_metadata({"uri": store.uri(stored), "bytes": stored.size, "sha256": stored.data_version})
        if context.has_asset_key:
            context.step_context.set_data_version(context.asset_key, dg.DataVersion(stored.data_version))

    def load_input(self, context: dg.InputContext) -> Any:
        """The current value or, of several partitions, the values by partition key.

        Raises:
            MissingObjectError: never materialized, or gone.
            CorruptObjectError: damaged since.
        """
        if context.upstream_output is not None and not context.has_asset_key:
            return self._load(operation_key(context.upstream_output))
        asset = store_name(context.asset_key)
        if not context.has_asset_partitions:
            return self._load(asset)
        values = {key: self._load(partition_name(asset, key)) for key in context.asset_partition_keys}
        return values if len(values) != 1 else next(iter(values.values()))

    def _load(self, asset: str) -> Any:
        store = self.store.open()
        entry = store.current(asset)
        if entry is None:
            raise MissingObjectError(
                f"{asset} was never stored in {store.blobs.uri('')}; {store.project.repair_advice(asset)}"
            )
        return store.load(entry.stored)


def output_key(context: dg.OutputContext) -> str:
    """Under which key of the store an output is kept.

    Raises:
        ValueError: one output for several partitions.
    """
    if not context.has_asset_key:
        return operation_key(context)
    asset = store_name(context.asset_key)
    if not context.has_asset_partitions:
        return asset
    keys = context.asset_partition_keys
    if len(keys) != 1:
        raise ValueError(f"{asset}: one value for {len(keys)} partitions; use BackfillPolicy.multi_run()")
    return partition_name(asset, keys[0])


def store_name(key: dg.AssetKey) -> str:
    """An asset key as the store names it."""
    return "/".join(key.path)


def operation_key(output: dg.OutputContext) -> str:
    """Outputs of operations that are no assets are kept by run, step and output name."""
    return "/".join(["operations", *output.get_identifier()])


def entry_without_fingerprint(stored: StoredObject, run_id: str) -> Entry:
    """The entry of a value that was computed without a fingerprint, and so is never found again by one."""
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return Entry(stored, fingerprint="", parts={}, run_id=run_id, created=created, seconds=0.0)
