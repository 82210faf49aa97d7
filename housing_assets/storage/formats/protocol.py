"""How the values of a type become bytes and come back. To store another type, give the project a format of it."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Format(Protocol):
    """Equal values must give equal bytes, because the hash of the bytes is the version of the value."""

    @property
    def extension(self) -> str:
        """Ends the names of its objects, and tells who reads them. No two formats of a project have the same."""
        ...

    def accepts(self, value: Any) -> bool:
        """Whether it writes ``value``. It should import nothing to find out."""
        ...

    def serialise(self, value: Any) -> bytes: ...

    def parse(self, content: bytes) -> Any:
        """A value equal to the one that ``content`` was written from."""
        ...

    def types(self, content: bytes) -> tuple[str, ...]:
        """Dotted paths of the project's classes in ``content``, whose code counts for whoever receives the value."""
        ...


@dataclass(frozen=True)
class TypeFormat:
    """The format of one class, by two functions. The class is imported only when such a value is met.

    Attributes:
        type: the dotted path of the class.
        extension: see ``Format``.
        write: a value as bytes, and
        read: the inverse, which takes the class, too.
    """

    type: str
    extension: str
    write: Callable[[Any], bytes]
    read: Callable[[Any, bytes], Any]

    def accepts(self, value: Any) -> bool:
        return is_instance(value, self.type)

    def serialise(self, value: Any) -> bytes:
        return self.write(value)

    def parse(self, content: bytes) -> Any:
        module, _, name = self.type.rpartition(".")
        return self.read(getattr(importlib.import_module(module), name), content)

    def types(self, content: bytes) -> tuple[str, ...]:  # noqa: ARG002  it is the same for every value
        return (self.type,)


def is_instance(value: Any, type_path: str) -> bool:
    """``isinstance`` without the import: while its module is not loaded, nothing is an instance of a class."""
    module, _, name = type_path.rpartition(".")
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(value, getattr(loaded, name))
