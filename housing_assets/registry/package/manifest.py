"""What the files of a registered version were at registration: the SHA-256 of each, in a file among them.

The SHA-256 of that file itself is kept apart, as a tag of the version, so that the manifest vouches for the files and
the registry for the manifest.

Reading a version the way MLflow does leaves traces in the folder, which change nothing that the version does: a note of
its name and number, which this project never reads, and bytecode of the registered sources, which is held against them.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from housing_assets.registry.package.bytecode import compiled_from_source

MANIFEST_FILE = "manifest.json"
MLFLOW_NOTE = "registered_model_meta"


def write_manifest(folder: Path) -> str:
    """Write the manifest of ``folder`` into it, and return the manifest's own SHA-256 in hexadecimal."""
    content = json.dumps(digests_of(folder), sort_keys=True, indent=1).encode()
    (folder / MANIFEST_FILE).write_bytes(content)
    return sha256_of(content)


def faults(folder: Path, manifest_sha256: str) -> list[str]:
    """Every way in which ``folder`` differs from what was registered, a sentence a file."""
    if not folder.is_dir():
        return [f"{folder} is gone"]
    manifest = folder / MANIFEST_FILE
    if not manifest.is_file():
        return [f"{MANIFEST_FILE} is gone"]
    content = manifest.read_bytes()
    if sha256_of(content) != manifest_sha256:
        return [f"{MANIFEST_FILE} is not what was registered"]
    registered, present = json.loads(content), digests_of(folder)
    unaltered = [name for name in registered if present.get(name) == registered[name]]
    traces = {MLFLOW_NOTE} | compiled_from_source(folder, present.keys() - registered.keys(), unaltered)
    kept = present.keys() - (traces - registered.keys())
    return differences(registered, {name: present[name] for name in kept})


def differences(registered: dict[str, str], found: dict[str, str]) -> list[str]:
    """What became of each registered file, and what came in addition."""
    changed = {name for name in registered.keys() & found.keys() if registered[name] != found[name]}
    return [
        *(f"{name} is gone" for name in sorted(registered.keys() - found.keys())),
        *(f"{name} is not what was registered: it has another SHA-256" for name in sorted(changed)),
        *(f"{name} was not there at registration" for name in sorted(found.keys() - registered.keys())),
    ]


def digests_of(folder: Path) -> dict[str, str]:
    """Relative path and SHA-256 of every file in ``folder`` but the manifest; of a link, that of where it leads.

    A link is no file of the version: what is behind one can change, and a folder behind one would not be looked at.
    """
    paths = [path for path in folder.rglob("*") if path != folder / MANIFEST_FILE]
    files = {path: path.read_bytes() for path in paths if path.is_file() and not path.is_symlink()}
    links = {path: f"link to {path.readlink()}".encode() for path in paths if path.is_symlink()}
    return {path.relative_to(folder).as_posix(): sha256_of(content) for path, content in {**files, **links}.items()}


def local_folder(uri: str) -> Path | None:
    """The folder that ``uri`` names, or None if it is not on this disk: ``gs://``, ``mlflow-artifacts:/``, ..."""
    parsed = urlsplit(uri)
    return Path(url2pathname(parsed.path)) if parsed.scheme in {"", "file"} else None


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
