"""What the code of a step is, so that a reader can predict when an edit makes it stale.

Counted are the function's own statements, the helpers and constants of its module that it names, and, as whole files,
the modules of the project that these import, transitively. Comments, docstrings, formatting, the step's own decorator
and the type hints of parameters do not count, nor do imports for type checkers, nor modules of the rooms that carry
values without deciding them (``CARRIERS``). Of third-party code, the versions of the ``DECIDING_LIBRARIES`` count
where they are imported. Source is parsed, never imported: a run that computes nothing pays for no library.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housing_assets.reuse.source_code import Source, parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CARRIERS = frozenset({"reuse", "settings", "storage", "tracking"})
"""Top-level rooms that hand values on: an edit there changes how a value travels, never what it is."""

DECIDING_LIBRARIES = {
    "catboost": "catboost",
    "lightgbm": "lightgbm",
    "numpy": "numpy",
    "optuna": "optuna",
    "pandas": "pandas",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
}
"""Import name to distribution name of the libraries whose version is part of a result."""


@dataclass(frozen=True)
class CodeVersion:
    """Digests of a step's sources, by file (``body`` is the function itself), and the deciding versions."""

    sources: Mapping[str, str]
    libraries: Mapping[str, str]

    @property
    def digest(self) -> str:
        content = json.dumps([dict(self.sources), dict(self.libraries)], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def code_version(function: Callable[..., Any]) -> CodeVersion:
    """The code version of ``function``: itself, what it names in its module, and what these import.

    Raises:
        OSError: where the source cannot be read, as for a function typed into a shell.
    """
    home = parsed(Path(inspect.getfile(function)))
    body = home.part(function.__name__)
    sources = {"body": body.digest}
    libraries: dict[str, str] = {}
    pending = body.imports(function.__module__)
    seen: set[str] = set()
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        distribution = DECIDING_LIBRARIES.get(name.partition(".")[0])
        if distribution:
            libraries[distribution] = _installed(distribution)
        module = _project_module(name, function.__module__.partition(".")[0])
        if module:
            sources[module.label] = module.source.digest
            pending |= module.source.imports(module.package)
    return CodeVersion(dict(sorted(sources.items())), dict(sorted(libraries.items())))


@dataclass(frozen=True)
class _Module:
    label: str
    package: str
    source: Source


def _project_module(name: str, root: str) -> _Module | None:
    """The module ``name`` where it is the project's own and decides values; None for anything else."""
    first, *rest = name.split(".")
    if first != root or not rest or rest[0] in CARRIERS:
        return None
    folder = _folder(root)
    file = _module_file(folder, tuple(rest))
    if file is None:
        return None
    package = f"{name}.__init__" if file.name == "__init__.py" else name
    return _Module(str(file.relative_to(folder)), package, parsed(file))


@lru_cache(maxsize=4096)
def _module_file(folder: Path, names: tuple[str, ...]) -> Path | None:
    base = folder.joinpath(*names)
    candidates = (base.with_suffix(".py"), base / "__init__.py")
    return next((file for file in candidates if file.is_file()), None)


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise OSError(f"the source of package {package} cannot be found")
    return Path(spec.origin).parent


@lru_cache
def _installed(distribution: str) -> str:
    """The version, or that an extra is not installed, which decides as well: its algorithm cannot take part."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"
