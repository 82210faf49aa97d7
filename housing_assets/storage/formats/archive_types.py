"""Which modules an archive's types are from, and where those of the project are now.

An archive names a type by its module. When a class of the project moves to another one, archives that were written
before name the old place, and must load like any other. The name of the class, which no other one of the project has,
tells the new one.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from housing_assets.storage.formats.skops_archive import SCHEMA, nodes, pack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.storage.formats.skops_archive import Node


@dataclass(frozen=True)
class Places:
    """Where the classes of a project are.

    Attributes:
        packages: the outermost packages of its classes.
        modules: the module of each class that has another place than archives say, by the name of the class.
    """

    packages: frozenset[str] = frozenset()
    modules: Mapping[str, str] = field(default_factory=dict, hash=False)

    def modules_in(self, content: bytes) -> set[str]:
        """The modules of all types in the archive, by dotted names, the project's by where they are now."""
        return {self.present_module(node) for node in nodes(schema_of(content)) if has_module(node)}

    def project_types(self, content: bytes) -> tuple[str, ...]:
        """Full names of the project's classes in the archive, by where they are now."""
        names = {f"{self.present_module(node)}.{node['__class__']}" for node in nodes(schema_of(content))}
        return tuple(sorted(name for name in names if name.partition(".")[0] in self.packages))

    def with_present_names(self, content: bytes) -> bytes:
        """The archive with the project's types named by where they are now; ``content`` itself if it does so."""
        schema = schema_of(content)
        moved = [node for node in nodes(schema) if node.get("__module__") != self.present_module(node)]
        if not moved:
            return content
        for node in moved:
            node["__module__"] = self.present_module(node)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        return pack(members | {SCHEMA: json.dumps(schema, separators=(",", ":")).encode()})

    def present_module(self, node: Node) -> Any:
        """Where the type of ``node`` is now."""
        module = node.get("__module__")
        if isinstance(module, str) and module.partition(".")[0] in self.packages:
            return self.modules.get(node["__class__"], module)
        return module


def has_module(node: Node) -> bool:
    return isinstance(node.get("__module__"), str)


def schema_of(content: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return json.loads(archive.read(SCHEMA))
