"""The decorator that makes an asset of a function.

The parameters of the function say what it needs, and are told apart by their names: a section of the settings; a
resource, listed by the decorator; what is ``GIVEN``; and for all else the upstream asset of that name. Sections and
upstream versions make the fingerprint, so a function cannot read a setting that it is not known to depend on.

Annotations are evaluated here, because Dagster looks at that of ``context`` and takes no text for it.
"""

import gc
import inspect
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.reuse.code.code_version import CodeVersion, code_version, type_version
from housing_assets.reuse.execution import Execution
from housing_assets.reuse.fingerprint import Fingerprint
from housing_assets.reuse.protocols import NoGates
from housing_assets.reuse.retries import retry_transient_failures
from housing_assets.reuse.sections import decides, deciding_part, load_settings, sections_of
from housing_assets.storage.names import partition_name
from housing_assets.storage.project import Project

if TYPE_CHECKING:
    from housing_assets.reuse.protocols import Gates

GIVEN = frozenset({"context", "fingerprint", "origin", "partition", "pinned", "store"})
"""Parameters that every body may take: Dagster's context, the digest of its fingerprint, the identity of what it reads
from outside, the partition that it gives (None without), the entries of its inputs by name, and the store."""

Origin = Callable[..., Mapping[str, str]]
Holds = Callable[..., bool]
Figures = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Step:
    """One function and the assets that it gives.

    Attributes:
        body: returns a ``StepResult``, or one by asset name where there are several assets.
        specs: the assets, without dependencies and code version, which follow from the body.
        project: what is known of the project, such as the sections of its settings.
        resources: keys of the resources that the body, ``origin`` or ``holds`` take.
        origin: identity of what the body reads from outside; its parameters are sections, resources and ``partition``.
        figures: draws the plots, by name, from what was recorded (see ``reuse.figures``).
        headline: numbers that the UI plots over time: the dotted path in the measurements by label.
        holds: whether an effect outside the store (a registration) still stands; it takes the value, too.
    """

    body: Callable[..., Any]
    specs: tuple[dg.AssetSpec, ...]
    project: Project
    resources: frozenset[str] = frozenset()
    origin: Origin | None = None
    holds: Holds | None = None
    figures: Figures | None = None
    headline: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return "+".join(self.assets)

    @cached_property
    def assets(self) -> tuple[str, ...]:
        return tuple(spec.key.to_user_string() for spec in self.specs)

    @cached_property
    def sections(self) -> frozenset[str]:
        return frozenset(self.project.sections)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        return tuple(inspect.signature(self.body).parameters)

    @cached_property
    def upstreams(self) -> tuple[str, ...]:
        known = self.sections | self.resources | GIVEN
        return tuple(name for name in self.parameters if name not in known)

    @property
    def partitions_def(self) -> dg.PartitionsDefinition[Any] | None:
        return self.specs[0].partitions_def

    def code(self) -> CodeVersion:
        return code_version(self.body, self.project)

    def fingerprint(
        self,
        settings: Any,
        inputs: Mapping[str, str],
        resources: Mapping[str, Any],
        types: Iterable[str] = (),
        partition: str | None = None,
    ) -> Fingerprint:
        """What the value depends on now; ``inputs`` are the data versions of its inputs by name.

        ``types`` are the project's classes in fitted objects among them: the body calls their methods.
        """
        code = self.code()
        called = {name: type_version(name, self.project) for name in sorted(types)}
        libraries = {name: version for each in (code, *called.values()) for name, version in each.libraries.items()}
        deciding = {name: section for name, section in self.sections_of(self.body, settings) if decides(section)}
        return Fingerprint(
            asset=self.name if partition is None else partition_name(self.name, partition),
            sources=code.sources,
            libraries=dict(sorted(libraries.items())),
            settings={name: deciding_part(section) for name, section in deciding.items()},
            inputs=dict(sorted(inputs.items())),
            origin=self.origin_now(settings, resources, partition),
            types={name: version.digest for name, version in called.items()},
        )

    def origin_now(self, settings: Any, resources: Mapping[str, Any], partition: str | None) -> Mapping[str, str]:
        """The identity of what the body reads from outside."""
        if self.origin is None:
            return {}
        origin: Mapping[str, str] = self.call(self.origin, sections_of(settings), resources, partition=partition)
        return origin

    def sections_of(self, function: Callable[..., Any], settings: Any) -> list[tuple[str, Any]]:
        """The sections of the settings that ``function`` takes, by name."""
        names = sorted(self.sections.intersection(inspect.signature(function).parameters))
        sections = sections_of(settings)
        return [(name, sections[name]) for name in names]

    def call(self, function: Callable[..., Any], *sources: Mapping[str, Any], **given: Any) -> Any:
        """Call ``function`` with what its parameters name, looked up in ``given``, then in ``sources``."""
        lookup = [given, *sources]
        names = inspect.signature(function).parameters
        return function(**{name: next(source[name] for source in lookup if name in source) for name in names})

    def definition(self, gates: "Gates | None" = None) -> dg.AssetsDefinition:
        """The Dagster asset, judged by ``gates`` if there are any."""
        judge = gates or NoGates()
        version = self.code().digest

        @dg.multi_asset(
            name="_and_".join(self.assets),
            specs=[
                spec.replace_attributes(deps=[*spec.deps, *self.upstreams], code_version=version) for spec in self.specs
            ],
            check_specs=[spec for asset in self.assets for spec in judge.specs(asset)],
            required_resource_keys=self._resource_keys(),
        )
        def execute(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
            spare_the_collector()
            settings = load_settings(self.project, context.resources)
            retries = self.project.retries(settings)
            with retry_transient_failures(retries, context.retry_number, self.project.transient):
                yield from Execution(self, judge, context).results()

        return execute

    def _resource_keys(self) -> set[str]:
        settings = {"settings"} if self.sections else set()
        tracker = {self.project.tracker} if self.project.tracker else set()
        return {"store", *settings, *tracker, *self.resources}


@cache
def spare_the_collector() -> None:
    """Once a process: what was loaded to get here, hundreds of thousands of objects of Dagster's, stays to the end.

    The garbage collector would walk all of it again during the run and at its end, which takes longer than a run in
    which nothing is stale. A code server is left alone: it loads definitions anew, and must be able to free the old.
    """
    gc.freeze()


def step(
    *specs: dg.AssetSpec,
    project: Project,
    resources: Iterable[str] = (),
    origin: Origin | None = None,
    holds: Holds | None = None,
    figures: Figures | None = None,
    headline: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., Any]], Step]:
    """Make a ``Step`` of the decorated function; the asset's description is its docstring."""

    def decorate(body: Callable[..., Any]) -> Step:
        described = tuple(_described(spec, body) for spec in specs)
        return Step(
            body,
            described,
            project,
            frozenset(resources),
            origin=origin,
            holds=holds,
            figures=figures,
            headline=headline or {},
        )

    return decorate


def _described(spec: dg.AssetSpec, body: Callable[..., Any]) -> dg.AssetSpec:
    metadata = {**spec.metadata, "dagster/code_references": _place(body)}
    return spec.replace_attributes(description=spec.description or inspect.getdoc(body), metadata=metadata)


def _place(body: Callable[..., Any]) -> dg.CodeReferencesMetadataValue:
    """The file and line of ``body``; ``dg.with_source_code_references`` would show those of the wrapper."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        file = dg.LocalFileCodeReference(file_path=inspect.getfile(body), line_number=body.__code__.co_firstlineno)
        return dg.CodeReferencesMetadataValue(code_references=[file])
