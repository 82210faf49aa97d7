"""What ``storage`` and ``reuse`` are told of the project that they work for: one object, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from housing_assets.storage.formats.serialisation import FORMATS
from housing_assets.storage.names import split_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

    from housing_assets.storage.formats.protocol import Format


class Retries(NamedTuple):
    """As many more ``attempts``, the first after ``seconds``, each other one after twice as long."""

    attempts: int
    seconds: float


def no_folder() -> Path | None:
    return None


def no_retries(settings: Any) -> Retries:  # noqa: ARG001
    return Retries(0, 0.0)


@dataclass(frozen=True)
class Project:
    """A project, as far as its values are stored and reused.

    Attributes:
        definitions: the module that Dagster loads, for the commands in messages.
        formats: how values become bytes; the first that accepts a value writes it.
        sections: names of the sections of the settings. The resource ``settings`` has them: a mapping, a pydantic
            model, a Dagster ``Config``, or anything with a ``load`` that gives one of these.
        packages: first-party packages that are installed like libraries. Their code counts. That of the package of a
            step, and of everything that is installed from a folder, counts anyway.
        carriers: modules and packages that hand values on without deciding them, by dotted names.
        libraries: import name to distribution name of the libraries whose version is part of a result.
        tracker: the key of a resource that is a ``Tracker``; None for no tracking.
        tracking: the section of the settings that the tracker takes.
        retries: from the settings, how often a step is tried again after a failure that may pass.
        transient: dotted names of exceptions of the project that may pass, beside those that are known.
        parsed_files: the folder that keeps what was parsed of source files, if any; without, each process parses them.
        public_text: takes the secrets out of a text that is shown.
        force_tag: the tag of a run that computes although nothing changed, and
        force_variable: the environment variable that does the same.
    """

    definitions: str = ""
    formats: tuple[Format, ...] = FORMATS
    sections: Collection[str] = ()
    packages: Collection[str] = ()
    carriers: Collection[str] = ()
    libraries: Mapping[str, str] = field(default_factory=dict)
    tracker: str | None = None
    tracking: str | None = None
    retries: Callable[[Any], Retries] = no_retries
    transient: frozenset[str] = frozenset()
    parsed_files: Callable[[], Path | None] = no_folder
    public_text: Callable[[str], str] = str
    force_tag: str = "reuse/force"
    force_variable: str = "REUSE_FORCE"

    def materialize_command(self, name: str) -> str:
        """The command that materializes what has ``name`` in the store: an asset, a partition, or a table beside one.

        >>> Project(definitions="shop.definitions").materialize_command("*prices/partition=a")
        "dagster asset materialize --select '*prices' --partition 'a' -m shop.definitions"
        """
        asset, partition = split_name(name.partition("/table=")[0])
        chosen = "" if partition is None else f" --partition '{partition}'"
        module = f" -m {self.definitions}" if self.definitions else ""
        return f"dagster asset materialize --select '{asset}'{chosen}{module}"

    def repair_advice(self, name: str) -> str:
        """What to do about a value that cannot be loaded."""
        return f"compute it again: {self.materialize_command(name)}"
