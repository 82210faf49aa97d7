"""Immutable values named by their content: what is read is what was written, or an error."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from housing_assets.errors import ExpectedError
from housing_assets.storage.backends.blobs import ConcurrentUpdateError, Digest
from housing_assets.storage.claims import claim
from housing_assets.storage.entry import StoredObject
from housing_assets.storage.formats.fitted_objects import MODEL, UntrustedTypesError
from housing_assets.storage.formats.serialisation import parse, serialise
from housing_assets.storage.project import Project

if TYPE_CHECKING:
    from housing_assets.storage.backends.blobs import Blobs

ATTEMPTS = 10  # against other writers of one blob; each lost one means that somebody else won


class MissingObjectError(ExpectedError, LookupError):
    """The store does not have the object."""


class CorruptObjectError(ExpectedError, ValueError):
    """The bytes of an object are not those that were stored."""


class Objects:
    """The values in ``blobs``, in the formats of ``project``. Asset keys of several parts are joined by ``/``."""

    def __init__(self, blobs: Blobs, project: Project | None = None) -> None:
        self.blobs = blobs
        self.project = project or Project()

    def put(self, asset: str, value: Any) -> StoredObject:
        """Store ``value``, unless its object is there already; a damaged one is written anew.

        Raises:
            UnstorableError: the value has no form that reads back equal.
            ConcurrentUpdateError: the object is there, and about to be removed as garbage.
        """
        content, extension = serialise(value, self.project.formats)
        digest = Digest.of(content)
        types = self._types(content, extension)
        stored = StoredObject(asset, digest.sha256, extension, digest.size, digest.md5, types)
        if self.intact(stored):
            if not self.claim(stored):
                raise ConcurrentUpdateError(f"{self.uri(stored)} is being removed as garbage: run again")
        elif not self.blobs.create(stored.name, content):
            write(self.blobs, stored.name, content)
        return stored

    def claim(self, stored: StoredObject) -> bool:
        """Keep an object that is there from being removed as garbage. False if it is gone, or about to be."""
        return claim(self.blobs, stored.name) and self.intact(stored)

    def load(self, stored: StoredObject) -> Any:
        """The value of an object, verified before it is parsed.

        Raises:
            MissingObjectError: there is no such object.
            CorruptObjectError: its bytes are not those that were stored.
            UntrustedTypesError: it is a model of types that are not on our list.
        """
        try:
            return parse(self.content(stored), stored.extension, self.project.formats)
        except UntrustedTypesError as error:
            error.add_note(f"in {self.uri(stored)}")
            raise

    def types(self, stored: StoredObject) -> tuple[str, ...]:
        """Dotted paths of the project's classes in an object; read from it where its record does not name them.

        Raises:
            MissingObjectError: there is no such object.
            CorruptObjectError: its bytes are not those that were stored.
        """
        if stored.types is not None or stored.extension != MODEL:
            return stored.types or ()
        return self._types(self.content(stored), stored.extension)

    def content(self, stored: StoredObject) -> bytes:
        """The bytes of an object, verified.

        Raises:
            MissingObjectError: there is no such object.
            CorruptObjectError: its bytes are not those that were stored.
        """
        content = self.blobs.read(stored.name)
        if content is None:
            raise MissingObjectError(f"{self.uri(stored)} is gone; {self.project.repair_advice(stored.asset)}")
        if hashlib.sha256(content).hexdigest() != stored.data_version:
            raise CorruptObjectError(
                f"{self.uri(stored)} is not what was stored: its {len(content)} bytes (stored: {stored.size}) have "
                f"another hash than its name; {self.project.repair_advice(stored.asset)}"
            )
        return content

    def intact(self, stored: StoredObject) -> bool:
        """Whether the object is there and undamaged, without parsing it and, in the cloud, without a download."""
        return self.blobs.intact(stored.name, stored.digest)

    def _types(self, content: bytes, extension: str) -> tuple[str, ...]:
        return next(each.types(content) for each in self.project.formats if each.extension == extension)

    def uri(self, stored: StoredObject) -> str:
        """The address of an object, for people and other tools."""
        return self.blobs.uri(stored.name)


def write(blobs: Blobs, name: str, content: bytes) -> bool:
    """Make ``content`` the content of a blob, whoever else writes to it. False if it was that already.

    Raises:
        ConcurrentUpdateError: lost against other writers again and again.
    """
    for _ in range(ATTEMPTS):
        present = blobs.read_versioned(name)
        if present is None:
            if blobs.create(name, content):
                return True
            continue
        if present.content == content:
            return False
        try:
            blobs.replace(name, content, present.token)
        except ConcurrentUpdateError:
            continue
        return True
    raise ConcurrentUpdateError(f"{blobs.uri(name)} is being rewritten by other processes all the time: run again")
