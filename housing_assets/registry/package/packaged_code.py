"""The code that a registered version carries: the modules that it predicts with, as a package with a name of its own.

MLflow puts the folder of that code in front of everything else that Python finds. Were it called ``housing_assets``, a
process would have it beside the installed one, or in place of it, or not at all if that was imported before: two
sources in one process. So all its modules are renamed, inside them too, and the name follows from what they are: equal
names are equal code, and versions of different code live side by side in one process.
"""

from __future__ import annotations

import ast
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from housing_assets.registry.package import loader
from housing_assets.registry.package.loader import DIGEST_FILE
from housing_assets.trusted_types import PACKAGE, modules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parent.parent.parent
REFERENCE = re.compile(rf"\b{PACKAGE}\b(?=\.|\s+import\b)")
"""Where the project's code names a module of the project."""


def write_code(folder: Path, content: bytes) -> Path:
    """Write the package for the model of which ``content`` are the bytes below ``folder``; the package's folder."""
    digest = hashlib.sha256(content).hexdigest()
    sources = sources_of({loader.__name__, *modules(content)})
    package = folder / name_of(sources, digest)
    for path, source in sources.items():
        target = package / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(REFERENCE.sub(package.name, source), encoding="utf-8")
    (package / DIGEST_FILE).write_text(digest, encoding="ascii")
    return package


def loader_of(package: Path) -> str:
    """The dotted name of the module in ``package`` that MLflow is to load the model by."""
    return package.name + loader.__name__.removeprefix(PACKAGE)


def name_of(sources: Mapping[str, str], digest: str) -> str:
    """The name of the package with these sources for the weights of that digest."""
    content = repr([digest, sorted(sources.items())])
    return f"housing_model_{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def sources_of(names: set[str]) -> dict[str, str]:
    """Source by path in the package: of the project's modules among ``names``, and of all that these import."""
    sources: dict[str, str] = {}
    pending = {package for name in names for package in with_packages(name)}
    while pending:
        file = file_of(pending.pop())
        if file is None or (path := file.relative_to(ROOT).as_posix()) in sources:
            continue
        sources[path] = file.read_text(encoding="utf-8")
        pending |= set(imports(sources[path]))
    return sources


def file_of(name: str) -> Path | None:
    """The file of a module of the project; None for anything else that an import can name."""
    first, *rest = name.split(".")
    if first != PACKAGE:
        return None
    module = ROOT.joinpath(*rest)
    files = (module.with_suffix(".py") if rest else module / "__init__.py", module / "__init__.py")
    return next((file for file in files if file.is_file()), None)


def imports(source: str) -> Iterator[str]:
    """Every dotted name that ``source`` may import, and the packages around it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            yield from with_packages(name)


def with_packages(name: str) -> Iterator[str]:
    """A dotted name, and the packages around it."""
    parts = name.split(".")
    yield from (".".join(parts[:size]) for size in range(1, len(parts) + 1))
