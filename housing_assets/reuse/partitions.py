"""Which partition a run of a step gives, and which partitions of its upstream assets it takes.

A partition has a fingerprint, a pointer and a history of its own. A step that is partitioned like its upstream takes
the value of the same partition. In every other case it takes a dict of values by partition: of all partitions if it has
none itself, else of those that Dagster maps to its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.storage.names import partition_name, split_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from housing_assets.reuse.step import Step
    from housing_assets.storage.store import Store

Names = dict[str | None, str]
"""Names in the store by partition; one by None where a single value is taken."""


def partition_of_run(step: Step, context: dg.AssetExecutionContext) -> str | None:
    """The partition that this run of ``step`` gives; None for a step without partitions.

    Raises:
        dagster.Failure: the run is for several partitions, or for none.
    """
    if step.partitions_def is None:
        return None
    keys = list(context.partition_keys) if context.has_partition_key or context.has_partition_key_range else []
    if len(keys) != 1:
        raise dg.Failure(
            f"{step.name} gives one partition a run, and this run is for {len(keys)}. Name one by --partition, or start"
            " a backfill with BackfillPolicy.multi_run()",
            allow_retries=False,
        )
    return str(keys[0])


def names_of(assets: Iterable[str], partition: str | None) -> dict[str, str]:
    """How the store names ``assets``, or one partition of each."""
    return {asset: asset if partition is None else partition_name(asset, partition) for asset in assets}


def upstream_names(step: Step, context: dg.AssetExecutionContext, partition: str | None) -> dict[str, Names]:
    """What this run of ``step`` takes of each upstream asset."""
    inputs = {key.to_user_string(): name for name, key in context.assets_def.keys_by_input_name.items()}
    return {asset: _names_for_run(step, context, asset, inputs[asset], partition) for asset in step.upstreams}


def _names_for_run(
    step: Step, context: dg.AssetExecutionContext, asset: str, input_name: str, partition: str | None
) -> Names:
    layer = context.job_def.asset_layer.asset_graph
    definition = layer.get(dg.AssetKey.from_user_string(asset)).partitions_def
    if definition is None:
        return {None: asset}
    if partition is not None and definition == step.partitions_def:
        return {None: partition_name(asset, partition)}
    keys = context.asset_partition_keys_for_input(input_name)
    return {key: partition_name(asset, key) for key in keys}


def upstream_names_in_store(
    store: Store, step: Step, by_asset: Mapping[str, Step], partition: str | None, before: Iterable[str]
) -> dict[str, Names]:
    """The same without a run: of what the store has, and by ``before``, the inputs that were recorded last."""
    return {asset: _names_in_store(store, step, by_asset, asset, partition, list(before)) for asset in step.upstreams}


def _names_in_store(
    store: Store, step: Step, by_asset: Mapping[str, Step], asset: str, partition: str | None, before: list[str]
) -> Names:
    definition = by_asset[asset].partitions_def
    if definition is None:
        return {None: asset}
    if partition is None:
        return {key: partition_name(asset, key) for key in store.partitions(asset)}
    if definition == step.partitions_def:
        return {None: partition_name(asset, partition)}
    return {split_name(name)[1]: name for name in before if split_name(name)[0] == asset}


def collect_values(names: Names, values: Mapping[str, Any]) -> Any:
    """One value, or the values by partition, of ``values`` by their names in the store."""
    return values[names[None]] if None in names else {key: values[name] for key, name in names.items()}
