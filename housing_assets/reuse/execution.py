"""One materialization of a step: reuse or compute, judge, and only then move the pointer."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.reuse.computed import (
    StepResult,
    deserialise_metadata,
    headline_numbers,
    ids_last,
    serialise_metadata,
)
from housing_assets.reuse.drawing import draw, drawing_version, embed_images, embedded_images
from housing_assets.reuse.partitions import collect_values, names_of, partition_of_run, upstream_names
from housing_assets.reuse.protocols import tracker_of
from housing_assets.reuse.sections import load_settings, sections_of
from housing_assets.storage.ancestry import conflicts
from housing_assets.storage.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from housing_assets.reuse.fingerprint import Fingerprint
    from housing_assets.reuse.protocols import Gates
    from housing_assets.reuse.step import Step
    from housing_assets.storage.store import Store


class Execution:
    """What one run of one step looks at, pinned when it starts, so that it never mixes two states."""

    def __init__(self, step: Step, gates: Gates, context: dg.AssetExecutionContext) -> None:
        self.step = step
        self.gates = gates
        self.context = context
        self.store: Store = context.resources.store.open()
        self.project = step.project
        self.settings = load_settings(self.project, context.resources)
        self.sections = sections_of(self.settings)
        self.resources = {"store": self.store, **{name: getattr(context.resources, name) for name in step.resources}}
        self.partition = partition_of_run(step, context)
        self.names = names_of(step.assets, self.partition)
        self.pins = {asset: self.store.pin(name) for asset, name in self.names.items()}
        self.upstreams = upstream_names(step, context, self.partition)
        self.inputs = self._pinned()

    def results(self) -> Iterator[dg.MaterializeResult[Any]]:
        """One result an asset. The pointers move before the results are reported, and only if all are accepted."""
        entries = self._known() or {}
        reused = bool(entries)
        entries = {asset: self._drawn_now(asset, entry) for asset, entry in entries.items()} or self._compute()
        checks = {asset: self._judged(asset, entry) for asset, entry in entries.items()}
        rejected = [check for results in checks.values() for check in results if self._is_rejection(check)]
        for asset, entry in entries.items():
            if rejected:
                self.store.reject(self.names[asset], entry, [self._reason(check) for check in rejected])
            else:
                self.store.point(self.names[asset], entry, self.pins[asset])
        for asset, entry in entries.items():
            yield self._result(asset, entry, checks[asset], reused=reused, accepted=not rejected)
        if rejected:
            raise dg.Failure(refusal(rejected), allow_retries=False)

    @cached_property
    def fingerprint(self) -> Fingerprint:
        versions = {name: entry.stored.data_version for name, entry in self.inputs.items()}
        types = {name for entry in self.inputs.values() for name in self.store.types(entry.stored)}
        return self.step.fingerprint(self.settings, versions, self.resources, types, self.partition)

    @property
    def forced(self) -> bool:
        tag = self.context.run.tags.get(self.project.force_tag, os.environ.get(self.project.force_variable, ""))
        return tag.lower() not in {"", "0", "false"}

    @property
    def _command(self) -> str:
        return self.project.materialize_command(f"*{self.names[self.step.assets[0]]}")

    def _pinned(self) -> dict[str, Entry]:
        """The current entry of each input, by its name in the store."""
        found = {name: self.store.current(name) for names in self.upstreams.values() for name in names.values()}
        missing = [name for name, entry in found.items() if entry is None]
        if missing:
            raise dg.Failure(
                f"{self.step.name} needs {', '.join(missing)}, of which nothing is stored. Materialize it with all that"
                f" it needs: {self._command}",
                allow_retries=False,
            )
        inputs = {name: entry for name, entry in found.items() if entry is not None}
        self._refuse_unfit(inputs)
        return inputs

    def _refuse_unfit(self, inputs: Mapping[str, Entry]) -> None:
        """Keep inputs that today's gates refuse, or that do not belong together, from being used at all."""
        faults = [
            f"{name} {entry.stored.data_version[:12]} is refused by its gates: {refusal['message']}"
            for name, entry in inputs.items()
            for refusal in entry.refusals
        ]
        faults += map(str, conflicts(self.store, inputs) if len(inputs) > 1 else [])
        if faults:
            raise dg.Failure(
                f"{self.step.name} cannot use its inputs: {'; '.join(faults)}. Materialize it with all that it needs: "
                f"{self._command}",
                allow_retries=False,
            )

    def _known(self) -> dict[str, Entry] | None:
        """What this very computation gave before, if all of it is still there; None to compute."""
        if self.forced:
            return None
        found = {asset: self.store.recorded(name, self.fingerprint.digest) for asset, name in self.names.items()}
        entries = {asset: entry for asset, entry in found.items() if entry and self._is_there(asset, entry)}
        return entries if len(entries) == len(found) and self._holds(entries) else None

    def _is_there(self, asset: str, entry: Entry) -> bool:
        """Whether the object is intact; claimed unless it is current, which keeps it from removal as garbage."""
        current = self.pins[asset].entry
        is_current = current is not None and current.stored == entry.stored
        return self.store.intact(entry.stored) if is_current else self.store.claim(entry.stored)

    def _holds(self, entries: Mapping[str, Entry]) -> bool:
        if self.step.holds is None:
            return True
        first = entries[self.step.assets[0]]
        given = {"value": self.store.load(first.stored), "measurements": first.measurements}
        return bool(self.step.call(self.step.holds, self.sections, self.resources, partition=self.partition, **given))

    def _compute(self) -> dict[str, Entry]:
        tracker = tracker_of(self.project, self.context.resources)
        section = self.sections[self.project.tracking] if self.project.tracking else None
        with tracker.track(self.context.run.run_id, self.step.name, self.context.log, section) as tracked:
            loaded = {name: self.store.load(entry.stored) for name, entry in self.inputs.items()}
            values = {asset: collect_values(names, loaded) for asset, names in self.upstreams.items()}
            started = time.perf_counter()
            outcome = self.step.call(
                self.step.body,
                values,
                self.sections,
                self.resources,
                context=self.context,
                origin=self.fingerprint.origin,
                pinned=self.inputs,
                fingerprint=self.fingerprint.digest,
                partition=self.partition,
            )
            seconds = time.perf_counter() - started
            self._refuse_moved_origin()
            computed: dict[str, StepResult] = outcome if isinstance(outcome, dict) else {self.step.assets[0]: outcome}
            images = {asset: self._draw(asset, part.value, part) for asset, part in computed.items()}
            for asset, part in computed.items():
                tracked.log(self._parameters(), part.measurements, images[asset])
            links = tracked.links()
        return {
            asset: self._recorded(asset, part, embed_images(images[asset]), links, seconds)
            for asset, part in computed.items()
        }

    def _draw(self, asset: str, value: Any, part: StepResult) -> dict[str, bytes]:
        return draw(
            self.step, self.settings, asset=asset, value=value, measurements=part.measurements, tables=part.tables
        )

    def _drawn_now(self, asset: str, entry: Entry) -> Entry:
        """The entry with plots as today's code draws them; its own where what they are drawn from is not there."""
        version = drawing_version(self.step, self.settings)
        if not entry.drawing or entry.drawing == version:
            return entry
        if not all(map(self.store.intact, entry.tables.values())):
            self.context.log.warning(f"the plots of {asset} stay as they are: what they are drawn from is gone")
            return entry
        value = self.store.load(entry.stored)
        tables = {name: self.store.load(table) for name, table in entry.tables.items()}
        images = self._draw(asset, value, StepResult(value, entry.measurements, tables=tables))
        others = {name: text for name, text in entry.metadata.items() if name not in embedded_images(entry.metadata)}
        self.context.log.info(f"drew {', '.join(images)} of {asset} again: their code or settings changed")
        redrawn = replace(entry, metadata={**serialise_metadata(embed_images(images)), **others}, drawing=version)
        self.store.amend(redrawn)
        return redrawn

    def _refuse_moved_origin(self) -> None:
        """Keep what was read from being recorded under the identity of what was there before."""
        origin = self.step.origin_now(self.settings, self.resources, self.partition)
        if origin != self.fingerprint.origin:
            raise dg.RetryRequested(max_retries=1) from OSError(
                f"what {self.step.name} reads changed while it was read: {self.fingerprint.origin} became {origin}"
            )

    def _recorded(
        self, asset: str, part: StepResult, figures: Mapping[str, Any], links: Mapping[str, str], seconds: float
    ) -> Entry:
        name = self.names[asset]
        entry = Entry(
            stored=self.store.put(name, part.value),
            fingerprint=self.fingerprint.digest,
            parts=self.fingerprint.parts(),
            run_id=self.context.run.run_id,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=round(seconds, 3),
            measurements=dict(part.measurements),
            metadata=serialise_metadata({**figures, **part.metadata, **links}),
            tables={key: self.store.put(f"{name}/table={key}", table) for key, table in part.tables.items()},
            drawing=drawing_version(self.step, self.settings),
        )
        self.store.record(entry)
        return entry

    def _parameters(self) -> dict[str, Any]:
        return dict(self.fingerprint.settings)

    def _judged(self, asset: str, entry: Entry) -> list[dg.AssetCheckResult]:
        return list(self.gates.judge(asset, entry, self.settings, self.resources))

    def _is_rejection(self, check: dg.AssetCheckResult) -> bool:
        return not check.passed and check.severity == dg.AssetCheckSeverity.ERROR

    def _reason(self, check: dg.AssetCheckResult) -> dict[str, str]:
        return {"check": str(check.check_name), "message": str(check.description)}

    def _result(
        self, asset: str, entry: Entry, checks: list[dg.AssetCheckResult], *, reused: bool, accepted: bool
    ) -> dg.MaterializeResult[Any]:
        parts = self.fingerprint.parts()
        return dg.MaterializeResult(
            asset_key=dg.AssetKey.from_user_string(asset),
            data_version=dg.DataVersion(entry.stored.data_version),
            check_results=checks,
            metadata=ids_last(
                {
                    **headline_numbers(entry.measurements, self.step.headline),
                    "compute_seconds": dg.MetadataValue.float(entry.seconds),
                    "seconds_saved": dg.MetadataValue.float(entry.seconds if reused else 0.0),
                    "accepted": dg.MetadataValue.bool(accepted),
                    "reused": dg.MetadataValue.bool(reused),
                    **deserialise_metadata(entry.metadata),
                    "computed_at": dg.MetadataValue.text(entry.created),
                    "computed_by": dg.MetadataValue.dagster_run(entry.run_id),
                    "object": dg.MetadataValue.text(entry.stored.name),
                    "fingerprint": dg.MetadataValue.json({"digest": entry.fingerprint, **parts}),
                }
            ),
        )


def refusal(rejected: Sequence[dg.AssetCheckResult]) -> str:
    """What the gates say of values that are not used, for the first error of the run; Dagster names the gates only."""
    said = [f"{check.check_name}: {check.description}" for check in rejected]
    return f"the value is not used, its gates refuse it. {'; '.join(said)}"
