"""From a registered version back to the raw file, by data versions that can each be fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from housing_assets.registry.card.facts import recorded_text
from housing_assets.registry.tags import DAGSTER_RUN_TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from housing_assets.registry.versions import RegisteredVersion
    from housing_assets.storage.entry import Entry

    Ancestry = Callable[[str], Mapping[str, Entry]]


@dataclass(frozen=True)
class Ancestor:
    """One asset that the model was made of: its data version, its inputs' data versions, who computed it and when."""

    asset: str
    data_version: str
    inputs: Mapping[str, str]
    dagster_run_id: str
    created: str


@dataclass(frozen=True)
class ModelLineage:
    """A version and everything that it was made of, the raw file first."""

    version: RegisteredVersion
    mlflow_url: str
    dagster_url: str
    raw_source: str
    raw_sha256: str
    origin: Mapping[str, Any]
    ancestors: tuple[Ancestor, ...]


def model_lineage(version: RegisteredVersion, ancestry: Ancestry, *, mlflow_url: str, dagster_url: str) -> ModelLineage:
    """Follow ``version`` back through the store.

    Args:
        version: the registered version.
        ancestry: given the data version of ``trained_model``, the record of each asset it was made of, by name.
        mlflow_url: address of the version in MLflow.
        dagster_url: address of Dagster's UI.

    Raises:
        MissingObjectError: the store has no record of something that the model was made of.
    """
    made_of = ancestry(version.digest)
    raw = made_of["raw_housing"]
    return ModelLineage(
        version=version,
        mlflow_url=mlflow_url,
        dagster_url=f"{dagster_url}/runs/{version.tags.get(DAGSTER_RUN_TAG, '')}",
        raw_source=recorded_text(raw, "source"),
        raw_sha256=recorded_text(raw, "sha256"),
        origin=raw.parts["origin"],
        ancestors=tuple(ancestor(entry) for entry in upstream_first(made_of)),
    )


def upstream_first(made_of: Mapping[str, Entry]) -> list[Entry]:
    """The entries in an order in which every input comes before what is made of it."""
    ordered: dict[str, Entry] = {}

    def visit(asset: str) -> None:
        if asset in ordered or asset not in made_of:
            return
        for upstream in sorted(made_of[asset].parts["inputs"]):
            visit(upstream)
        ordered[asset] = made_of[asset]

    for asset in sorted(made_of):
        visit(asset)
    return list(ordered.values())


def ancestor(entry: Entry) -> Ancestor:
    stored = entry.stored
    return Ancestor(stored.asset, stored.data_version, dict(entry.parts["inputs"]), entry.run_id, entry.created)


def explain_lineage(lineage: ModelLineage) -> str:
    """The lineage as text for a terminal, from the model down to the file."""
    version = lineage.version
    head = [
        f"{version.uri}",
        f"  digest        {version.digest}",
        f"  in MLflow     {lineage.mlflow_url} (run {version.run_id})",
        f"  in Dagster    {lineage.dagster_url}",
        f"  code          git commit {version.tags.get('git_commit', 'not recorded')}",
        "made of",
    ]
    width = max((len(each.asset) for each in lineage.ancestors), default=0)
    return "\n".join(
        [
            *head,
            *(describe_ancestor(each, width) for each in reversed(lineage.ancestors)),
            "of the raw file",
            f"  source        {lineage.raw_source}",
            f"  sha256        {lineage.raw_sha256}",
        ]
    )


def describe_ancestor(each: Ancestor, width: int) -> str:
    inputs = ", ".join(f"{asset} {data_version[:12]}" for asset, data_version in sorted(each.inputs.items()))
    origin = f"from {inputs}" if inputs else "from the raw file"
    return f"  {each.asset:<{width}}  {each.data_version[:12]}  run {each.dagster_run_id[:8]}  {each.created}  {origin}"
