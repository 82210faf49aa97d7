"""Where the bytes of a model come from: the store, MLflow, the last verified copies on this disk.

Each gives bytes and records as it has them, and raises whatever its place raises; who asks holds the bytes against
their digest.
"""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from housing_assets.registry.lookup import (
    Found,
    alias_in_sqlite,
    alias_on_server,
    credentials,
    in_sqlite,
    on_server,
)
from housing_assets.registry.package.example_predictions import EXAMPLE_FILE
from housing_assets.registry.package.loader import WEIGHTS_FILE
from housing_assets.registry.package.manifest import MANIFEST_FILE, local_folder, sha256_of
from housing_assets.registry.production.ledger import FOLDER, Ledger
from housing_assets.registry.production.release_record import (
    CARD_FILE,
    EVALUATION_FILE,
    describe_release,
    examples_in,
    read_record,
)
from housing_assets.registry.tags import DIGEST_TAG, MANIFEST_TAG
from housing_assets.serving.sources.model_references import ModelReference, UnknownModelError, reference_of
from housing_assets.storage.entry import InvalidEntryError, seal, unseal
from housing_assets.tracking.mlflow_requests import SQLITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from housing_assets.storage.backends.blobs import BlobInfo, Blobs

MODEL_ASSET = "trained_model"
PROXIED = "mlflow-artifacts"
"""The scheme of artifacts that an MLflow server hands out itself."""


class DamagedSourceError(ValueError):
    """A source has something else than what was written to it."""


class Tier(Protocol):
    """A source of models."""

    name: str

    def reference(self, wanted: str) -> ModelReference | None:
        """The model that ``wanted`` (an alias or number) names; None if such names are not this source's to know.

        Raises:
            UnknownModelError: there is none of that name.
        """
        ...

    def weights(self, reference: ModelReference) -> bytes:
        """The bytes that claim to be the model's."""
        ...

    def record(self, reference: ModelReference) -> dict[str, Any] | None:
        """What is known of the version (``registry.release_record``), None if nothing is."""
        ...


@dataclass
class StoreTier:
    """The content store. Its ledger says what is in production; it is read again when its listing changes."""

    blobs: Blobs
    model_name: str
    production_alias: str
    name: str = "store"
    _last: tuple[list[BlobInfo], ModelReference] | None = field(default=None, repr=False)

    def reference(self, wanted: str) -> ModelReference | None:
        if wanted != self.production_alias:
            return None
        listed = list(self.blobs.list_blobs(f"{FOLDER}/{self.model_name}"))
        if self._last is None or listed != self._last[0]:
            self._last = None
            self._last = (listed, self._in_production())
        return self._last[1]

    def _in_production(self) -> ModelReference:
        entries = Ledger(self.blobs, self.model_name).entries()
        if not entries:
            raise UnknownModelError("nothing is in production yet: housing promote VERSION --why REASON")
        reference = reference_of(self.model_name, self.production_alias, entries[-1])
        self._check(reference)
        return reference

    def _check(self, reference: ModelReference) -> None:
        """The last entry has no successor that vouches for it, but the version that it names has a sealed record."""
        try:
            record = self.record(reference)
        except InvalidEntryError:
            return
        if record is not None and record["version"] != reference.version:
            raise DamagedSourceError(
                f"the last entry of the ledger says version {reference.version}, the record of its digest says "
                f"{record['version']}: one of the two was changed"
            )

    def weights(self, reference: ModelReference) -> bytes:
        return present(self.blobs.read(f"objects/{MODEL_ASSET}/{reference.digest}.skops"), reference)

    def record(self, reference: ModelReference) -> dict[str, Any] | None:
        return read_record(self.blobs, self.model_name, reference.digest)


@dataclass
class MlflowTier:
    """MLflow's database or REST API, and its files: on this disk, or through the server's artifact proxy."""

    tracking_uri: str
    model_name: str
    timeout_seconds: float
    name: str = "mlflow"

    def reference(self, wanted: str) -> ModelReference:
        version = int(wanted) if wanted.isdigit() else self._version_of(wanted)
        found = self._found(version)
        alias = "" if wanted.isdigit() else wanted
        return ModelReference(self.model_name, version, found.tags.get(DIGEST_TAG, ""), alias, self.name)

    def weights(self, reference: ModelReference) -> bytes:
        return present(self._file(self._found(reference.version), WEIGHTS_FILE), reference)

    def record(self, reference: ModelReference) -> dict[str, Any] | None:
        found = self._found(reference.version)
        if found.tags.get(DIGEST_TAG) != reference.digest:
            raise DamagedSourceError(f"version {reference.version} is of the content {found.tags.get(DIGEST_TAG)}")
        files = self._registered_files(found, EXAMPLE_FILE, EVALUATION_FILE, CARD_FILE)
        facts = {"version": reference.version, "digest": reference.digest, "url": ""}
        evaluation, card = json.loads(files.get(EVALUATION_FILE, "{}")), files.get(CARD_FILE, b"").decode()
        examples = examples_in(files.get(EXAMPLE_FILE))
        return describe_release(found.tags, examples, **facts, evaluation=evaluation, card=card)

    def _version_of(self, alias: str) -> int:
        if self.tracking_uri.startswith(SQLITE):
            version = alias_in_sqlite(self._database, self.model_name, alias)
        else:
            version = alias_on_server(self.tracking_uri, self.model_name, alias, self.timeout_seconds)
        if version is None:
            raise UnknownModelError(f"{self.model_name} has no alias {alias!r} in MLflow")
        return version

    def _found(self, version: int) -> Found:
        if self.tracking_uri.startswith(SQLITE):
            found = in_sqlite(self._database, self.model_name, version)
        else:
            found = on_server(self.tracking_uri, self.model_name, version, self.timeout_seconds)
        if found is None:
            raise UnknownModelError(f"{self.model_name} has no version {version} in MLflow")
        return found

    @property
    def _database(self) -> Path:
        return Path(self.tracking_uri.removeprefix(SQLITE))

    def _registered_files(self, found: Found, *names: str) -> dict[str, bytes]:
        """Those of the named files that the version has; the manifest of the version vouches for each."""
        manifest = self._file(found, MANIFEST_FILE) or b""
        if sha256_of(manifest) != found.tags.get(MANIFEST_TAG):
            raise DamagedSourceError(f"{MANIFEST_FILE} is not what was registered")
        registered = json.loads(manifest)
        files = {name: self._file(found, name) or b"" for name in names if name in registered}
        if damaged := [name for name, content in files.items() if sha256_of(content) != registered[name]]:
            raise DamagedSourceError(f"{' and '.join(damaged)} is not what was registered")
        return files

    def _file(self, found: Found, name: str) -> bytes | None:
        parsed = urllib.parse.urlsplit(found.files)
        if parsed.scheme == PROXIED:
            return self._proxied(f"{parsed.path.strip('/')}/{name}")
        folder = local_folder(found.files)
        if folder is None or not self.tracking_uri.startswith(SQLITE):
            raise DamagedSourceError(f"its files are at {parsed.scheme}://, which the MLflow server does not hand out")
        path = folder / name
        return path.read_bytes() if path.is_file() else None

    def _proxied(self, path: str) -> bytes:
        url = f"{self.tracking_uri}/api/2.0/mlflow-artifacts/artifacts/{urllib.parse.quote(path)}"
        request = urllib.request.Request(url, headers=credentials())  # noqa: S310  the address is configured
        with urllib.request.urlopen(request, timeout=self.timeout_seconds) as answer:  # noqa: S310
            content: bytes = answer.read()
            return content


@dataclass
class CopyTier:
    """The models that this machine served last, each verified when it was written."""

    blobs: Blobs
    model_name: str
    kept: int
    name: str = "copy"

    def reference(self, wanted: str) -> ModelReference:
        content = self.blobs.read(self._reference_name(wanted))
        if content is None:
            raise UnknownModelError(f"this machine never served {wanted!r} of {self.model_name}")
        return replace(ModelReference(**unseal(content)), named_by=self.name)

    def weights(self, reference: ModelReference) -> bytes:
        return present(self.blobs.read(self._name(reference.digest, "skops")), reference)

    def record(self, reference: ModelReference) -> dict[str, Any] | None:
        content = self.blobs.read(self._name(reference.digest, "json"))
        return None if content is None else unseal(content)

    def keep(self, wanted: str, reference: ModelReference, weights: bytes, record: dict[str, Any] | None) -> None:
        """Make it the last verified copy, and remove the oldest ones."""
        overwrite(self.blobs, self._name(reference.digest, "skops"), weights)
        if record is not None:
            overwrite(self.blobs, self._name(reference.digest, "json"), seal(record))
        overwrite(self.blobs, self._reference_name(wanted), seal(reference.to_fields()))
        for name in self._surplus(reference):
            self.blobs.delete(name)

    def _surplus(self, reference: ModelReference) -> Iterator[str]:
        copies = [blob for blob in self.blobs.list_blobs(self.model_name) if blob.name.endswith(".skops")]
        named = {
            unseal(self.blobs.read(blob.name) or b"")["digest"]
            for blob in self.blobs.list_blobs(f"{self.model_name}/served")
        }
        old = sorted(copies, key=lambda blob: blob.created)[: -self.kept]
        for blob in old:
            digest = blob.name.rpartition("/")[2].removesuffix(".skops")
            if digest not in named | {reference.digest}:
                yield from (blob.name, self._name(digest, "json"))

    def _name(self, digest: str, extension: str) -> str:
        return f"{self.model_name}/{digest}.{extension}"

    def _reference_name(self, wanted: str) -> str:
        return f"{self.model_name}/served/{wanted}.json"


def present(content: bytes | None, reference: ModelReference) -> bytes:
    if content is None:
        raise UnknownModelError(f"it does not have the model {reference.digest[:12]}")
    return content


def overwrite(blobs: Blobs, name: str, content: bytes) -> None:
    """Make ``content`` the content of a blob, whatever it was."""
    before = blobs.read_versioned(name)
    if before is None:
        blobs.create(name, content)
    elif before.content != content:
        blobs.replace(name, content, before.token)
