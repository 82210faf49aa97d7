"""What was parsed of a source file, kept in a folder, so that a command that computes nothing need not parse again.

A file of the folder is named by a hash of the source, of the code that parses, and of Python's version: another source,
parser or Python has another file, so an answer is never an old one. It begins with a hash of its content. A file that
is missing, cut or damaged is parsed again; a folder that cannot be written is left alone. All of it may be deleted at
any time.
"""

from __future__ import annotations

import hashlib
import io
import json
import sys
import uuid
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from housing_assets.reuse.code.statements import Statement, WrittenImport, read_statements

PARSER = ("parsed_files.py", "statements.py", "texts.py")
"""The modules, beside this one, from which what is kept follows."""

_DIGEST_BYTES = 32


def parse(source: bytes, folder: Path | None) -> tuple[Statement, ...]:
    """The statements of ``source``, from ``folder`` where they are kept there. None keeps nothing.

    Raises:
        SyntaxError: it is not Python.
    """
    if folder is None:
        return _parse(source)
    file = folder / f"{hashlib.sha256(_parser() + source).hexdigest()}.json"
    kept = _read(file)
    if kept is None:
        kept = _parse(source)
        _write(file, kept)
    return kept


def _parse(source: bytes) -> tuple[Statement, ...]:
    with io.TextIOWrapper(io.BytesIO(source), encoding="utf-8") as text:  # which also translates the ends of lines
        return read_statements(text.read())


@lru_cache(maxsize=1)
def _parser() -> bytes:
    """A digest of what parses."""
    digest = hashlib.sha256(sys.version.encode())
    for name in PARSER:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.digest()


def _read(file: Path) -> tuple[Statement, ...] | None:
    try:
        content = file.read_bytes()
    except OSError:
        return None
    digest, body = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    if hashlib.sha256(body).digest() != digest:
        return None
    return tuple(map(_statement, json.loads(body)))


def _statement(fields: list[Any]) -> Statement:
    position, text, binds, looks_up, imports, looks_beside, is_function, undecorated = fields
    return Statement(
        tuple(position),
        text,
        tuple(binds),
        tuple(looks_up),
        tuple(WrittenImport(*each) for each in imports),
        looks_beside,
        is_function,
        _statement(undecorated) if undecorated else None,
    )


def _write(file: Path, statements: tuple[Statement, ...]) -> None:
    """Write whole or not at all. The folder is made, its parent is not: what is no home yet stays untouched."""
    body = json.dumps(statements).encode()
    temporary = file.with_suffix(f".{uuid.uuid4().hex}")
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        try:
            temporary.write_bytes(hashlib.sha256(body).digest() + body)
            temporary.replace(file)
        finally:
            temporary.unlink(missing_ok=True)
