"""The facts of a model card, gathered from the records of everything that the model was made of."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Any

from housing_assets.addresses import public_address, public_texts
from housing_assets.registry.code_state import code_version, git_commit, libraries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from housing_assets.domain.gates.verdicts import Verdict
    from housing_assets.registry.card.contents import DataFacts, ModelCard, SearchFacts
    from housing_assets.storage.entry import Entry


def model_card(
    made_of: Mapping[str, Entry],
    *,
    name: str,
    evaluation: Mapping[str, Any],
    sweep: Mapping[str, Any],
    candidates: Mapping[str, float],
    features: Sequence[str],
    verdicts: Sequence[Verdict],
    figures: Mapping[str, bytes],
    dagster_run_id: str,
) -> ModelCard:
    """The facts of the model in ``made_of``, the record of each asset by name.

    ``evaluation`` and ``sweep`` are the values of ``model_evaluation`` and ``sweep_results``; ``candidates`` the
    metric that they were ranked by, by algorithm, best first; ``figures`` PNG files by name.
    """
    settings = settings_of(made_of)
    facts = data_facts(made_of)
    return {
        "name": name,
        "digest": made_of["trained_model"].stored.data_version,
        "algorithm": sweep["algorithm"],
        "params": sweep["params"],
        "features": features,
        "data": facts,
        "split": settings["split"],
        "search": search_facts(sweep, candidates, settings),
        "evaluation": evaluation,
        "confidence": settings["evaluation"]["confidence"],
        "gates": [dataclasses.asdict(verdict) for verdict in verdicts],
        "libraries": libraries(),
        "git_commit": git_commit(),
        "code_version": code_version(),
        "dagster_run_id": dagster_run_id,
        "command": command(facts["source"]),
        "figures": figures,
    }


def settings_of(made_of: Mapping[str, Entry]) -> dict[str, Any]:
    """Every section of the settings that decided something, as it was then, with addresses fit to be shown.

    Earlier versions of the package recorded the address of the raw file whole.
    """
    sections = [entry.parts["settings"] for entry in made_of.values()]
    return {name: public_texts(section) for recorded in sections for name, section in recorded.items()}


def data_facts(made_of: Mapping[str, Entry]) -> DataFacts:
    raw = made_of["raw_housing"]
    return {
        "source": public_address(recorded_text(raw, "source")),
        "sha256": recorded_text(raw, "sha256"),
        "provenance": recorded_text(raw, "provenance"),
        "rows": raw.measurements["rows"],
        "missing": raw.measurements["missing"],
        "training_rows": int(made_of["trained_model"].measurements["training_rows"]),
    }


def search_facts(sweep: Mapping[str, Any], candidates: Mapping[str, float], settings: Mapping[str, Any]) -> SearchFacts:
    return {
        "metric": settings["validation"]["metric"],
        "folds": settings["validation"]["folds"],
        "candidates": candidates,
        "trials": dict(Counter(trial["state"] for trial in sweep["trials"])),
    }


def recorded_text(entry: Entry, name: str) -> str:
    """A text among the metadata of a materialization, which the store keeps in Dagster's serialised form."""
    import dagster as dg

    serialised = entry.metadata.get(name)
    if serialised is None:
        return "not recorded"
    value: Any = dg.deserialize_value(serialised)
    return str(value.value)


def command(source: str) -> str:
    """What makes the model again: the settings are those of the commit, the raw file is named."""
    materialize = "dagster asset materialize --select '*registered_model' -m housing_assets.definitions"
    return materialize if source == "carried" else f"HOUSING_RAW_URI={source} {materialize}"
