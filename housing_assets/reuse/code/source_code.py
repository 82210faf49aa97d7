"""Python source as statements that name each other: what a name of a file reaches, and one digest of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from housing_assets.reuse.code.parsed_files import parse

if TYPE_CHECKING:
    from pathlib import Path

    from housing_assets.reuse.code.statements import Statement, WrittenImport


class SourceError(ValueError):
    """The source has an import that cannot be followed, so that an edit behind it would be missed."""


class Import(NamedTuple):
    """One imported name of a module: all names for ``*``, the module itself for an empty one."""

    module: str
    name: str


@dataclass(frozen=True, eq=False)
class Source:
    """Some statements of one file."""

    statements: tuple[Statement, ...]

    @cached_property
    def digest(self) -> str:
        content = f"[{', '.join(statement.text for statement in self.statements)}]"
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def imports(self, module: str) -> frozenset[Import]:
        """What the statements import, ``module`` being where they stand.

        Raises:
            SourceError: a module is imported by a name that only the run knows.
        """
        return _imports(self, module)

    def part(self, name: str) -> Source:
        """The statements that bind ``name``, those that they look up, and those that bind nothing, as the file runs.

        Decorators of ``name`` count. Where the file does not bind it, the whole file is the part.
        """
        return _part(self, name)

    def _reach(self, name: str) -> Source:
        if name not in self._bound:
            return self
        effects = [statement for statement in self.statements if not statement.binds]
        return self._closed([*self._bound[name], *effects], frozenset())

    def body(self, function: str) -> Source:
        """The part of the function by that name, without its decorators."""
        return self._closed([_undecorated(statement) for statement in self._bound[function]], frozenset({function}))

    @property
    def looks_beside(self) -> bool:
        """Whether the statements ask where their file is, as they do to read another one beside it."""
        return any(statement.looks_beside for statement in self.statements)

    @cached_property
    def _bound(self) -> dict[str, list[Statement]]:
        bound: dict[str, list[Statement]] = {}
        for statement in self.statements:
            for name in statement.binds:
                bound.setdefault(name, []).append(statement)
        return bound

    def _closed(self, pending: list[Statement], hidden: frozenset[str]) -> Source:
        needed: dict[tuple[int, int], Statement] = {}
        while pending:
            statement = pending.pop()
            if statement.position in needed:
                continue
            needed[statement.position] = statement
            for name in statement.looks_up:
                if name not in hidden:
                    pending += self._bound.get(name, [])
        return Source(tuple(needed[position] for position in sorted(needed)))


@lru_cache(maxsize=4096)
def _part(source: Source, name: str) -> Source:
    return source._reach(name)


@lru_cache(maxsize=1024)
def _imports(source: Source, module: str) -> frozenset[Import]:
    return frozenset(_absolute(each, module) for statement in source.statements for each in statement.imports)


def _absolute(written: WrittenImport, module: str) -> Import:
    if written.unknown_at:
        raise SourceError(
            f"{module}, line {written.unknown_at}: which module is imported is known only when it runs, so an edit of "
            "it would be missed; write an import statement, or the full name of the module as text"
        )
    above = module.split(".")[: -written.level] if written.level else []
    return Import(".".join([*above, *([written.module] if written.module else [])]), written.name)


def _undecorated(statement: Statement) -> Statement:
    if not statement.is_function:
        raise TypeError(f"line {statement.position[0]} is not a function")
    return statement.undecorated or statement


def parsed(file: Path, cache: Path | None = None) -> Source:
    """The whole of ``file``, without its docstring; ``cache`` is a folder that keeps what was parsed."""
    return _parsed(file, file.stat().st_mtime_ns, cache)


@lru_cache(maxsize=1024)
def _parsed(file: Path, _modified: int, cache: Path | None) -> Source:
    return Source(parse(file.read_bytes(), cache))
