"""Archives of ``skops.io`` with one form for equal content.

``skops.io.dumps`` writes memory addresses, uninitialised padding, hash-ordered sets and the number of threads of the
machine into its archive, so that its bytes differ at every call. The rewritten archive is without them; ``skops.io``
reads it like any other.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

    Node = dict[str, Any]

SCHEMA = "schema.json"
PROJECT = f"{__name__.partition('.')[0]}."
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip archive can hold
STATEFUL = frozenset({"ObjectNode", "RandomStateNode", "RandomGeneratorNode"})
THREAD_COUNTS = frozenset({"n_threads", "_n_threads"})
UNORDERED = frozenset({"set", "frozenset"})


def canonical_archive(content: bytes) -> bytes:
    """The archive of the same object, equal whatever process wrote ``content``."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read(SCHEMA))
        for node in nodes(schema):
            fix_threads(node)
            sort_members(node)
        renumber_identities(schema)
        members = rename_members(schema, archive)
    members[SCHEMA] = json.dumps(schema, separators=(",", ":")).encode()
    return pack(members)


def project_types(content: bytes) -> tuple[str, ...]:
    """Dotted paths of the project's own classes whose instances are in the archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read(SCHEMA))
    paths = {f"{node['__module__']}.{node['__class__']}" for node in nodes(schema)}
    return tuple(sorted(path for path in paths if path.startswith(PROJECT)))


def nodes(state: Any) -> Iterator[Node]:
    """Every node of a skops schema in order of appearance. A key of a stored dict is never taken for a node's."""
    if isinstance(state, list):
        for item in state:
            yield from nodes(item)
    elif isinstance(state, dict):
        if isinstance(state.get("__loader__"), str):
            yield state
        for item in state.values():
            yield from nodes(item)


def fix_threads(node: Node) -> None:
    """Some estimators of scikit-learn remember how many threads they were fitted with, which decides nothing."""
    if node["__loader__"] != "ObjectNode" or not node["__module__"].startswith("sklearn."):
        return
    attributes = node.get("content", {}).get("content")
    if isinstance(attributes, dict):
        for name in THREAD_COUNTS & attributes.keys():
            attributes[name]["content"] = "1"


def sort_members(node: Node) -> None:
    """Sets iterate in the order of their hashes, which for strings differs from process to process."""
    if node["__class__"] not in UNORDERED:
        return
    if node["__loader__"] == "SetNode":
        node["content"].sort(key=without_identity)
    elif node["__loader__"] == "ConstructorFromReduceNode":
        node["content"]["content"][0]["content"].sort(key=without_identity)


def without_identity(node: Node) -> str:
    content = json.loads(json.dumps(node))
    for inner in nodes(content):
        inner.pop("__id__", None)
    return json.dumps(content)


def renumber_identities(schema: Node) -> None:
    """Replace addresses by numbers in order of appearance.

    Only objects with a state keep their identity, so that one that is referred to twice is one object again after
    loading. Whether two equal strings, numbers or arrays are the same object depends on the interpreter's caches and on
    which process fitted them, and makes no difference.
    """
    numbers: dict[int, int] = {}
    for node in nodes(schema):
        identity = node.pop("__id__")
        if node["__loader__"] in STATEFUL:
            node["__id__"] = numbers.setdefault(identity, len(numbers) + 1)


def rename_members(schema: Node, archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Number the files of arrays and byte strings by appearance, equal ones once; return them by their new names."""
    names: dict[bytes, str] = {}
    for node in nodes(schema):
        if isinstance(node.get("file"), str):
            suffix = node["file"].rpartition(".")[2]
            content = archive.read(node["file"])
            if suffix == "npy":
                content = without_padding(content)
            node["file"] = names.setdefault(content, f"{len(names)}.{suffix}")
    return {name: content for content, name in names.items()}


def without_padding(content: bytes) -> bytes:
    """A saved array whose bytes between the fields of a record, which nobody initialised, are zero."""
    import numpy as np

    array = np.load(io.BytesIO(content), allow_pickle=False)
    if array.dtype.names is None:
        return content
    zeroed = np.zeros(array.shape, array.dtype)  # zeros_like and empty_like leave the padding as they find it
    copy_fields(array, zeroed)
    header = content[: len(content) - array.nbytes]
    return header + zeroed.tobytes("F" if array.flags.fnc else "C")


def copy_fields(source: np.ndarray[Any, Any], target: np.ndarray[Any, Any]) -> None:
    for name in source.dtype.names or ():
        if source.dtype[name].names is None:
            target[name] = source[name]
        else:
            copy_fields(source[name], target[name])


def pack(members: dict[str, bytes]) -> bytes:
    """An uncompressed zip archive: compressed bytes would depend on the version of zlib."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            information = zipfile.ZipInfo(name, date_time=EPOCH)
            information.create_system = 3  # Unix, on every system
            archive.writestr(information, content)
    return buffer.getvalue()
