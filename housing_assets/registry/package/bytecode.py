"""Bytecode that Python left beside registered sources.

Whoever loads a version by MLflow imports the code that it carries, and Python keeps what it compiled beside it, in
``__pycache__``. From then on that runs in place of the source, so it is part of what a version does: it passes only if
the source, compiled here, gives the same. Bytecode of another Python cannot be compared, and does not pass.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import cache_from_source, source_from_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = "__pycache__"
OPTIMIZATIONS = {"": 0, "1": 1, "2": 2}

COMPARE = """
import importlib.util, json, marshal, sys

def is_compiled_from(source, cache, optimization):
    with open(cache, "rb") as file:
        content = file.read()
    if content[:4] != importlib.util.MAGIC_NUMBER:
        return False
    code = marshal.loads(content[16:])
    with open(source, "rb") as file:
        compiled = compile(file.read(), code.co_filename, "exec", dont_inherit=True, optimize=optimization)
    return marshal.dumps(code, 2) == marshal.dumps(compiled, 2)

print(json.dumps([cache for source, cache, optimization in json.load(sys.stdin)
                  if is_compiled_from(source, cache, optimization)]))
"""
"""Version 2 of the format is the last in which equal code is equal bytes."""


def compiled_from_source(folder: Path, names: Iterable[str], sources: Iterable[str]) -> set[str]:
    """Those of ``names`` that are bytecode of one of ``sources``, and nothing else. Both are paths in ``folder``.

    Bytecode that was tampered with can crash who reads it, so a process of its own does.
    """
    known, pairs = set(sources), []
    for name in names:
        source, optimization = origin(name)
        if source in known:
            pairs.append((str(folder / source), str(folder / name), optimization))
    if not pairs:
        return set()
    command = [sys.executable, "-I", "-S", "-c", COMPARE]
    finished = subprocess.run(command, input=json.dumps(pairs), capture_output=True, text=True, check=False)  # noqa: S603
    faithful = json.loads(finished.stdout) if finished.returncode == 0 else []
    return {Path(cache).relative_to(folder).as_posix() for cache in faithful}


def origin(name: str) -> tuple[str, int]:
    """The source whose bytecode this Python would look for under ``name``, and how optimised; no source if none."""
    if Path(name).parent.name == FOLDER and name.endswith(".pyc"):
        try:
            source = source_from_cache(name)
        except ValueError:  # not a name that Python gives
            return "", 0
        for optimization, level in OPTIMIZATIONS.items():
            if cache_from_source(source, optimization=optimization) == name:
                return source, level
    return "", 0
