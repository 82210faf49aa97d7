"""What a computation depends on, as a digest, and a difference between two of them in words."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

LONG_DIGEST = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{28,}\b")
"""Of which people need the beginning."""

SCHEME = 2
"""Raised when the meaning of a recorded computation changes: everything is then computed once more."""


@dataclass(frozen=True)
class Fingerprint:
    """The parts that decide the value of an asset. All of them are plain JSON.

    Attributes:
        asset: the asset's key, or the keys of a multi-asset joined by ``+``.
        sources: digest of the code by file; ``body`` is the asset's own function.
        libraries: version by library.
        settings: section of the settings by name.
        inputs: data version by upstream asset.
        types: digest of the code by class of the project, for the fitted objects among the inputs.
        origin: identity of what comes from outside, by what it is: ``{"file": "sha256 ..."}``.
    """

    asset: str
    sources: Mapping[str, str]
    libraries: Mapping[str, str]
    settings: Mapping[str, Any]
    inputs: Mapping[str, str]
    origin: Mapping[str, str]
    types: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        content = json.dumps([SCHEME, asdict(self)], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:32]

    def parts(self) -> dict[str, Any]:
        """The parts as plain JSON, to be recorded with a result and shown in the UI."""
        return asdict(self)


def differences(before: Mapping[str, Any], now: Fingerprint, public_text: Callable[[str], str] = str) -> list[str]:
    """Why ``now`` is not what ``before`` (recorded parts) was, one sentence a cause, in the order of importance.

    ``public_text`` takes secrets out of texts that were recorded with them.
    """
    show = partial(_shown, public_text=public_text)
    return [
        *(f"new {name}, {_short(str(now.origin.get(name)))}" for name in _keys(before, now, "origin")),
        *(f"setting {path} {show(old)} → {show(new)}" for path, old, new in _changes(before["settings"], now.settings)),
        *(f"code of {'its own body' if file == 'body' else file} changed" for file in _keys(before, now, "sources")),
        *(f"code of {path.rpartition('.')[2]} changed" for path in _keys(before, now, "types")),
        *(
            f"library {path} {show(old)} → {show(new)}"
            for path, old, new in _changes(before["libraries"], now.libraries)
        ),
        *(f"upstream {name} changed" for name in _keys(before, now, "inputs")),
    ]


def _keys(before: Mapping[str, Any], now: Fingerprint, part: str) -> list[str]:
    return [path for path, _, _ in _changes(before.get(part, {}), getattr(now, part), nested=False)]


def _changes(before: Any, now: Any, path: str = "", *, nested: bool = True) -> Iterator[tuple[str, Any, Any]]:
    if not (isinstance(before, dict) and isinstance(now, dict)) or (path and not nested):
        if before != now:
            yield path, before, now
        return
    for key in sorted({*before, *now}):
        yield from _changes(before.get(key), now.get(key), f"{path}.{key}" if path else str(key), nested=nested)


def _short(identity: str) -> str:
    return LONG_DIGEST.sub(r"\1", identity)


def _shown(value: Any, public_text: Callable[[str], str]) -> str:
    if isinstance(value, str):
        value = public_text(value)
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
