"""Python source in a canonical form: what runs, without how it is written.

The digest is taken over the syntax tree. It leaves out positions, docstrings and the annotations of parameters, and
every field that is empty, so that a field which a later minor version of Python adds changes nothing.
"""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DOCUMENTED = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_INERT_FIELDS = frozenset({"annotation", "ctx", "kind", "returns", "type_comment", "type_ignores"})


@dataclass(frozen=True)
class Source:
    """Some statements of one file."""

    statements: tuple[ast.stmt, ...]

    @cached_property
    def digest(self) -> str:
        content = repr([_canonical(statement) for statement in self.statements])
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def imports(self, module: str) -> set[str]:
        """Absolute dotted names that the statements import, ``module`` being where they stand."""
        return set(_all_imports(self, module))

    def part(self, function: str) -> Source:
        """The function by that name, without its decorators, and the statements of the file that it names."""
        bound = {name: statement for statement in self.statements for name in _bound(statement)}
        needed: dict[int, ast.stmt] = {}
        pending = [_undecorated(bound[function])]
        while pending:
            statement = pending.pop()
            needed[statement.lineno] = statement
            found = (bound[name] for name in sorted(_looked_up(statement) - {function}) if name in bound)
            pending += [other for other in found if other.lineno not in needed]
        return Source(tuple(needed[line] for line in sorted(needed)))


def _looked_up(statement: ast.stmt) -> set[str]:
    """Names that ``statement`` may find in its file. A parameter hides what the file has by its name."""
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return _names(statement)
    given = statement.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    hidden = {argument.arg for argument in every if argument}
    inside = {name for part in statement.body for name in _names(part)}
    return (inside - hidden) | _names(given) | {name for part in statement.decorator_list for name in _names(part)}


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in _running(node) if isinstance(each, ast.Name)}


@lru_cache(maxsize=1024)
def _all_imports(source: Source, module: str) -> frozenset[str]:
    return frozenset(name for statement in source.statements for name in _imports(statement, module))


def parsed(file: Path) -> Source:
    """The whole of ``file``, without its docstring."""
    return _parsed(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _parsed(file: Path, _modified: int) -> Source:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return Source(tuple(_statements(tree)))


def _undecorated(statement: ast.stmt) -> ast.stmt:
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        raise TypeError(f"line {statement.lineno} is not a function")
    fields = dict(ast.iter_fields(statement)) | {"decorator_list": []}
    return ast.copy_location(type(statement)(**fields), statement)


def _statements(node: Any) -> list[ast.stmt]:
    """The body of a module, function or class, less its docstring and those of its constants."""
    return [statement for statement in node.body if not _is_text(statement)]


def _is_text(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _canonical(node: Any) -> Any:
    if isinstance(node, list):
        return [_canonical(item) for item in node]
    if not isinstance(node, ast.AST):
        return (type(node).__name__, node)
    fields = dict(ast.iter_fields(node))
    if isinstance(node, _DOCUMENTED):
        fields["body"] = _statements(node)
    if isinstance(node, ast.JoinedStr):  # some minor versions add empty constants
        fields["values"] = [value for value in node.values if not isinstance(value, ast.Constant) or value.value]
    if isinstance(node, ast.AnnAssign):
        fields["annotated"] = fields.pop("annotation")  # in a class body it may make a field
    kept = ((name, value) for name, value in sorted(fields.items()) if name not in _INERT_FIELDS)
    return (type(node).__name__, [(name, _canonical(value)) for name, value in kept if value not in (None, [])])


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """``ast.walk`` without annotations of parameters and without what only a type checker runs."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name in _INERT_FIELDS and not isinstance(node, ast.AnnAssign):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _running(child)


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Names that a statement at the top of a file binds."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
        return
    for node in _running(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)


def _imports(statement: ast.stmt, module: str) -> Iterator[str]:
    for node in _running(statement):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
