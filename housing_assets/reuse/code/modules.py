"""The modules of the project as files, found without importing them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets import reuse, storage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from housing_assets.storage.project import Project

CARRIERS = frozenset({reuse.__name__, storage.__name__})
"""What hands values on in every project: an edit there changes how a value travels, never what it is."""

LIBRARY_FOLDERS = frozenset({"site-packages", "dist-packages"})


@dataclass(frozen=True)
class Module:
    """One file. ``label`` names it in a fingerprint, ``package`` resolves its relative imports."""

    label: str
    package: str
    file: Path

    @property
    def is_package(self) -> bool:
        return self.file.name == "__init__.py"


def is_project(name: str, root: str, project: Project) -> bool:
    """Whether the module is the project's and decides values: of ``root``, of its packages, or of no library."""
    if _is_within(name, CARRIERS) or _is_within(name, project.carriers):
        return False
    first = name.partition(".")[0]
    return first == root or first in project.packages or _outside_libraries(first)


def _is_within(name: str, packages: Iterable[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@lru_cache(maxsize=1024)
def _outside_libraries(first: str) -> bool:
    if first in sys.stdlib_module_names:
        return False
    folder = _folder(first)
    return folder is not None and LIBRARY_FOLDERS.isdisjoint(folder.parts)


def find_module(name: str, root: str) -> Module | None:
    """The module of the project by that dotted name, or None."""
    folder = _folder(name.partition(".")[0])
    return _module(folder, name, root) if folder else None


@lru_cache(maxsize=4096)
def _module(folder: Path, name: str, root: str) -> Module | None:
    path = name.replace(".", "/")
    file = next((file for file in (f"{path}.py", f"{path}/__init__.py") if (folder / file).is_file()), None)
    if file is None:
        return None
    label = file.removeprefix(f"{root}/")
    return Module(label, f"{name}.__init__" if file.endswith("/__init__.py") else name, folder / file)


def packages(name: str, root: str) -> Iterator[Module]:
    """The packages around the module, whose files run when it is imported, below the outermost."""
    names = name.split(".")
    for depth in range(2, len(names) + 1):
        module = find_module(".".join(names[:depth]), root)
        if module and module.is_package:
            yield module


def _folder(first: str) -> Path | None:
    """Where the module or package of that name lies."""
    spec = find_spec(first)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    return _folder_of(spec.origin)


@lru_cache(maxsize=64)
def _folder_of(file: str) -> Path:
    origin = Path(file)
    return origin.parent.parent if origin.name == "__init__.py" else origin.parent
