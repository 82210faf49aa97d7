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

from housing_assets.reuse.code_version import CodeVersion, code_version, type_version
from housing_assets.reuse.execution import Execution
from housing_assets.reuse.fingerprint import Fingerprint
from housing_assets.reuse.retries import retry_transient_failures

if TYPE_CHECKING:
    from housing_assets.reuse.protocols import Gates
    from housing_assets.settings import Settings

GIVEN = frozenset({"context", "fingerprint", "origin", "partition", "pinned", "store"})
"""Parameters that every body may take: Dagster's context, the digest of its fingerprint, the identity of what it reads
from outside, the key of its partition (None without partitions), the entries of its inputs, and the store."""

Origin = Callable[..., Mapping[str, str]]
Holds = Callable[..., bool]
Figures = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Step:
    """One function and the assets that it gives.

    Attributes:
        body: returns a ``StepResult``, or one by asset name where there are several assets.
        specs: the assets, without dependencies and code version, which follow from the body.
        sections: names of all sections of the settings that exist.
        resources: keys of the resources that the body, ``origin`` or ``holds`` take.
        origin: identity of what the body reads from outside; its parameters are sections and resources.
        figures: draws the plots, by name, from what was recorded (see ``reuse.figures``).
        headline: numbers that the UI plots over time: the dotted path in the measurements by label.
        holds: whether an effect outside the store (a registration) still stands; it takes the value, too.
        partitions: of all the assets. Each partition has a fingerprint and a pointer of its own, and takes the same
            partition of inputs that have one.
    """

    body: Callable[..., Any]
    specs: tuple[dg.AssetSpec, ...]
    sections: frozenset[str]
    resources: frozenset[str] = frozenset()
    origin: Origin | None = None
    holds: Holds | None = None
    figures: Figures | None = None
    partitions: dg.PartitionsDefinition[Any] | None = None
    headline: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return "+".join(self.assets)

    @cached_property
    def assets(self) -> tuple[str, ...]:
        return tuple(spec.key.to_user_string() for spec in self.specs)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        return tuple(inspect.signature(self.body).parameters)

    @cached_property
    def upstreams(self) -> tuple[str, ...]:
        known = self.sections | self.resources | GIVEN
        return tuple(name for name in self.parameters if name not in known)

    def code(self) -> CodeVersion:
        return code_version(self.body)

    def fingerprint(
        self,
        settings: "Settings",
        inputs: Mapping[str, str],
        resources: Mapping[str, Any],
        types: Iterable[str] = (),
        partition: str | None = None,
    ) -> Fingerprint:
        """What the value depends on now; ``inputs`` are the data versions of the upstream assets.

        ``types`` are the project's classes in fitted objects among them: the body calls their methods.
        """
        code = self.code()
        called = {name: type_version(name) for name in sorted(types)}
        libraries = {name: version for each in (code, *called.values()) for name, version in each.libraries.items()}
        sections = {name: getattr(settings, name) for name in sorted(self.sections.intersection(self.parameters))}
        deciding = {name: section for name, section in sections.items() if section.decides_results}
        return Fingerprint(
            asset=self.name,
            sources=code.sources,
            libraries=dict(sorted(libraries.items())),
            settings={
                name: section.model_dump(mode="json", exclude=section.inert) for name, section in deciding.items()
            },
            inputs=dict(sorted(inputs.items())),
            origin=self.identity(settings, resources, partition),
            types={name: version.digest for name, version in called.items()},
        )

    def identity(self, settings: "Settings", resources: Mapping[str, Any], partition: str | None) -> dict[str, str]:
        """Of what the body reads from outside, now; empty if it reads nothing."""
        return dict(self.call(self.origin, dict(settings), resources, partition=partition)) if self.origin else {}

    def sections_of(self, function: Callable[..., Any], settings: "Settings") -> list[tuple[str, Any]]:
        """The sections of the settings that ``function`` takes, by name."""
        names = sorted(self.sections.intersection(inspect.signature(function).parameters))
        return [(name, getattr(settings, name)) for name in names]

    def call(self, function: Callable[..., Any], *sources: Mapping[str, Any], **given: Any) -> Any:
        """Call ``function`` with what its parameters name, looked up in ``given``, then in ``sources``."""
        lookup = [given, *sources]
        names = inspect.signature(function).parameters
        return function(**{name: next(source[name] for source in lookup if name in source) for name in names})

    def definition(self, gates: "Gates") -> dg.AssetsDefinition:
        """The Dagster asset, judged by ``gates``."""
        version = self.code().digest

        @dg.multi_asset(
            name="_and_".join(self.assets),
            specs=[
                spec.replace_attributes(deps=[*spec.deps, *self.upstreams], code_version=version) for spec in self.specs
            ],
            check_specs=[spec for asset in self.assets for spec in gates.specs(asset)],
            required_resource_keys={"store", "settings", "tracker", *self.resources},
            partitions_def=self.partitions,
        )
        def execute(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
            spare_the_collector()
            with retry_transient_failures(context.resources.settings.load().automation, context.retry_number):
                yield from Execution(self, gates, context).results()

        return execute


@cache
def spare_the_collector() -> None:
    """Once a process: what was loaded to get here, hundreds of thousands of objects of Dagster's, stays to the end.

    The garbage collector would walk all of it again during the run and at its end, which takes longer than a run in
    which nothing is stale. A code server is left alone: it loads definitions anew, and must be able to free the old.
    """
    gc.freeze()


def step(
    *specs: dg.AssetSpec,
    sections: Iterable[str],
    resources: Iterable[str] = (),
    origin: Origin | None = None,
    holds: Holds | None = None,
    figures: Figures | None = None,
    partitions: dg.PartitionsDefinition[Any] | None = None,
    headline: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., Any]], Step]:
    """Make a ``Step`` of the decorated function; the asset's description is its docstring."""

    def decorate(body: Callable[..., Any]) -> Step:
        described = tuple(_described(spec, body) for spec in specs)
        return Step(
            body,
            described,
            frozenset(sections),
            frozenset(resources),
            origin=origin,
            holds=holds,
            figures=figures,
            partitions=partitions,
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
