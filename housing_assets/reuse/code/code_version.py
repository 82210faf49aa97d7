"""What the code of a step is, so that a reader can predict when an edit makes it stale.

Counted are the function's own statements, the helpers and constants of its module that it names, and what these import
from modules of the project, transitively: of a name its statements and those that they look up, of a module the whole
file. An import that cannot be followed is refused. Comments, docstrings, formatting, texts for people (``texts``), the
step's own decorator and the type hints of parameters do not count, nor do imports for type checkers, nor modules that
carry values without deciding them (``carriers`` of the project). Of third-party code, the versions of its ``libraries``
count where they are imported. Source is parsed, never imported: a run that computes nothing pays for no library.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housing_assets.reuse.code.modules import Module, find_module, is_project, packages
from housing_assets.reuse.code.source_code import Import, Source, SourceError, parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from housing_assets.storage.project import Project

CODE = frozenset({".py", ".pyi", ".pyc", ".typed"})


@dataclass(frozen=True)
class CodeVersion:
    """Digests of a step's sources, by file (``body`` is the function itself), and the deciding versions."""

    sources: Mapping[str, str]
    libraries: Mapping[str, str]

    @property
    def digest(self) -> str:
        content = json.dumps([dict(self.sources), dict(self.libraries)], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def code_version(function: Callable[..., Any], project: Project) -> CodeVersion:
    """The code version of ``function``: itself, what it names in its module, and what these import.

    Raises:
        OSError: where the source cannot be read, as for a function typed into a shell.
        SourceError: an import cannot be followed.
    """
    body = parsed(Path(inspect.getfile(function)), project.parsed_files()).body(function.__name__)
    module = function.__module__
    reached = _closure(body.imports(module), module.partition(".")[0], project)
    return CodeVersion({"body": body.digest, **reached.sources}, reached.libraries)


def type_version(name: str, project: Project) -> CodeVersion:
    """The code of the class ``name``, a dotted path: its statements, its bases, and what these import.

    It may be the path of a module that only hands the class on. The class is not imported.

    Raises:
        SourceError: an import cannot be followed.
    """
    module, _, own = name.rpartition(".")
    return _closure(frozenset({Import(module, own)}), module.partition(".")[0], project)


def _closure(start: frozenset[Import], root: str, project: Project) -> CodeVersion:
    parts: dict[str, set[Source]] = {}
    sources: dict[str, str] = {}
    libraries: dict[str, str] = {}
    seen: set[Import] = set()
    modules: set[str] = set()
    pending = set(start)
    cache = project.parsed_files()
    while pending:
        found = pending.pop()
        seen.add(found)
        distribution = project.libraries.get(found.module.partition(".")[0])
        if distribution:
            libraries[distribution] = _installed(distribution)
        if not is_project(found.module, root, project):
            continue
        around = [] if found.module in modules else packages(found.module, root)
        modules.add(found.module)
        for module, part in [*_run(around, cache), _reached(found, root, cache)]:
            parts.setdefault(module.label, set()).add(part)
            sources |= _files_beside(module) if part.looks_beside else {}
            pending |= part.imports(module.package) - seen
    sources |= {label: _joint_digest(frozenset(several)) for label, several in parts.items()}
    return CodeVersion(dict(sorted(sources.items())), dict(sorted(libraries.items())))


@lru_cache(maxsize=1024)
def _joint_digest(parts: frozenset[Source]) -> str:
    """One digest of all statements that are reached in a file."""
    statements = {statement.position: statement for part in parts for statement in part.statements}
    return Source(tuple(statements[position] for position in sorted(statements))).digest


def _run(around: Iterable[Module], cache: Path | None) -> Iterator[tuple[Module, Source]]:
    """What the import of a module runs of the packages around it."""
    for package in around:
        source = parsed(package.file, cache)
        if source.statements:
            yield package, source


def _reached(found: Import, root: str, cache: Path | None) -> tuple[Module, Source]:
    """The part of a module of the project that an import hands over."""
    whole = find_module(f"{found.module}.{found.name}" if found.name else found.module, root)
    if whole:
        if whole.is_package:
            raise SourceError(
                f"{found.module} {found.name}".strip() + ": a package is imported, through which each of its modules "
                "could be reached; import the module that is needed, from package import module"
            )
        return whole, parsed(whole.file, cache)
    module = find_module(found.module, root)
    if module is None:
        raise SourceError(f"{found.module}: the project has no source of that name, so an edit of it would be missed")
    if found.name == "*":
        raise SourceError(f"from {found.module} import *: what is imported cannot be told; name what is needed")
    return module, parsed(module.file, cache).part(found.name)


def _files_beside(module: Module) -> dict[str, str]:
    """Digests of the data files in the folder of a module that asks where it is."""
    files = [file for file in sorted(module.file.parent.iterdir()) if file.is_file() and file.suffix not in CODE]
    folder = module.label.rpartition("/")[0]
    return {f"{folder}/{file.name}".lstrip("/"): _content(file, file.stat().st_mtime_ns) for file in files}


@lru_cache
def _content(file: Path, _modified: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


@lru_cache
def _installed(distribution: str) -> str:
    """The version, or that an extra is not installed, which decides as well: its algorithm cannot take part."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"
