"""Which modules an archive's types are from, and where those of this project are now.

An archive names a type by its module. When a class of ours moves to another one, archives that were written before
name the old place, and must load like any other. The name of the class, which no other of ours has, tells the new one.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from housing_assets.storage.formats.skops_archive import SCHEMA, nodes, pack
from housing_assets.storage.formats.trusted_types import OURS

if TYPE_CHECKING:
    from housing_assets.storage.formats.skops_archive import Node

PROJECT = "housing_assets"
PLACES = {name.rpartition(".")[2]: name.rpartition(".")[0] for name in OURS}
"""The module of each class of ours by its name."""


def modules(content: bytes) -> set[str]:
    """The modules of all types in the archive, by dotted names, those of ours by where they are now."""
    return {present_module(node) for node in nodes(schema_of(content)) if isinstance(node.get("__module__"), str)}


def project_types(content: bytes) -> tuple[str, ...]:
    """Full names of this project's classes in the archive, by where they are now."""
    names = {f"{present_module(node)}.{node['__class__']}" for node in nodes(schema_of(content))}
    return tuple(sorted(name for name in names if name.partition(".")[0] == PROJECT))


def with_present_names(content: bytes) -> bytes:
    """The archive with the types of ours named by where they are now; ``content`` itself if it names them so."""
    schema = schema_of(content)
    moved = [node for node in nodes(schema) if node.get("__module__") != present_module(node)]
    if not moved:
        return content
    for node in moved:
        node["__module__"] = present_module(node)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return pack(members | {SCHEMA: json.dumps(schema, separators=(",", ":")).encode()})


def schema_of(content: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return json.loads(archive.read(SCHEMA))


def present_module(node: Node) -> Any:
    """Where the type of ``node`` is now."""
    module = node.get("__module__")
    if isinstance(module, str) and module.partition(".")[0] == PROJECT:
        return PLACES.get(node["__class__"], module)
    return module
