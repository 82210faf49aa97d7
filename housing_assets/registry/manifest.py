"""What the files of a registered version were at registration: the SHA-256 of each, in a file among them.

The SHA-256 of that file itself is kept apart, as a tag of the version, so that the manifest vouches for the files and
the registry for the manifest.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

MANIFEST_FILE = "manifest.json"


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
    return differences(json.loads(content), digests_of(folder))


def differences(registered: dict[str, str], found: dict[str, str]) -> list[str]:
    """What became of each registered file, and what came in addition."""
    changed = {name for name in registered.keys() & found.keys() if registered[name] != found[name]}
    return [
        *(f"{name} is gone" for name in sorted(registered.keys() - found.keys())),
        *(f"{name} is not what was registered: it has another SHA-256" for name in sorted(changed)),
        *(f"{name} was not there at registration" for name in sorted(found.keys() - registered.keys())),
    ]


def digests_of(folder: Path) -> dict[str, str]:
    """Relative path and SHA-256 of every file in ``folder`` but the manifest."""
    files = [path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST_FILE]
    return {path.relative_to(folder).as_posix(): sha256_of(path.read_bytes()) for path in files}


def local_folder(uri: str) -> Path | None:
    """The folder that ``uri`` names, or None if it is not on this disk: ``gs://``, ``mlflow-artifacts:/``, ..."""
    parsed = urlsplit(uri)
    return Path(url2pathname(parsed.path)) if parsed.scheme in {"", "file"} else None


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
