"""Python source in a canonical form: what runs, without how it is written.

The digest is taken over the syntax tree. It leaves out positions, docstrings and the annotations of parameters, and
every field that is empty, so that a field which a later minor version of Python adds changes nothing.
"""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DOCUMENTED = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_INERT_FIELDS = frozenset({"annotation", "ctx", "kind", "returns", "type_comment", "type_ignores"})
_REPORTING = frozenset({"report", "debug", "info", "warning", "error", "exception", "log"})
_IMPORTING = frozenset({"import_module", "__import__"})


class SourceError(ValueError):
    """The source has an import that cannot be followed, so that an edit behind it would be missed."""


class Import(NamedTuple):
    """One imported name of a module: all names for ``*``, the module itself for an empty one."""

    module: str
    name: str


@dataclass(frozen=True)
class Source:
    """Some statements of one file."""

    statements: tuple[ast.stmt, ...]

    @cached_property
    def digest(self) -> str:
        content = repr([_canonical(statement) for statement in self.statements])
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def imports(self, module: str) -> frozenset[Import]:
        """What the statements import, ``module`` being where they stand.

        Raises:
            SourceError: a module is imported by a name that only the run knows.
        """
        return _all_imports(self, module)

    def part(self, name: str) -> Source:
        """The statements that bind ``name``, those that they look up, and those that bind nothing, as the file runs.

        Decorators of ``name`` count. Where the file does not bind it, the whole file is the part.
        """
        return _part(self, name)

    def _reach(self, name: str) -> Source:
        if name not in self._bound:
            return self
        effects = [statement for statement in self.statements if not any(_bound(statement))]
        return self._closed([*self._bound[name], *effects], frozenset())

    def body(self, function: str) -> Source:
        """The part of the function by that name, without its decorators."""
        return self._closed([_undecorated(statement) for statement in self._bound[function]], frozenset({function}))

    @property
    def looks_beside(self) -> bool:
        """Whether the statements ask where their file is, as they do to read another one beside it."""
        return any("__file__" in _names(statement) for statement in self.statements)

    @cached_property
    def _bound(self) -> dict[str, list[ast.stmt]]:
        bound: dict[str, list[ast.stmt]] = {}
        for statement in self.statements:
            for name in dict.fromkeys(_bound(statement)):
                bound.setdefault(name, []).append(statement)
        return bound

    def _closed(self, pending: list[ast.stmt], hidden: frozenset[str]) -> Source:
        needed: dict[tuple[int, int], ast.stmt] = {}
        while pending:
            statement = pending.pop()
            if _position(statement) in needed:
                continue
            needed[_position(statement)] = statement
            for name in sorted(_looked_up(statement) - hidden):
                pending += self._bound.get(name, [])
        return Source(tuple(needed[position] for position in sorted(needed)))


@lru_cache(maxsize=4096)
def _part(source: Source, name: str) -> Source:
    return source._reach(name)


def _position(statement: ast.stmt) -> tuple[int, int]:
    return statement.lineno, statement.col_offset


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
def _all_imports(source: Source, module: str) -> frozenset[Import]:
    return frozenset(found for statement in source.statements for found in _imports(statement, module))


def parsed(file: Path) -> Source:
    """The whole of ``file``, without its docstring."""
    return _parsed(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=1024)
def _parsed(file: Path, _modified: int) -> Source:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return Source(tuple(single for statement in _statements(tree) for single in _singles(statement)))


def _singles(statement: ast.stmt) -> Iterator[ast.stmt]:
    """A statement of a file without what only a type checker runs, and an import of several names as one a name."""
    if isinstance(statement, ast.If) and _is_type_checking(statement.test):
        for other in statement.orelse:
            yield from _singles(other)
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            fields = dict(ast.iter_fields(statement)) | {"names": [alias]}
            yield ast.copy_location(type(statement)(**fields), alias)
    else:
        yield statement


def _is_type_checking(test: ast.expr) -> bool:
    if isinstance(test, ast.Attribute):
        return test.attr == "TYPE_CHECKING" and isinstance(test.value, ast.Name) and test.value.id == "typing"
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


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
    if _tells_people(node):
        return (type(node).__name__, _canonical(_without_texts(node)))
    fields = dict(ast.iter_fields(node))
    if isinstance(node, _DOCUMENTED):
        fields["body"] = _statements(node)
    if isinstance(node, ast.JoinedStr):  # some minor versions add empty constants
        fields["values"] = [value for value in node.values if not isinstance(value, ast.Constant) or value.value]
    if isinstance(node, ast.AnnAssign):
        fields["annotated"] = fields.pop("annotation")  # in a class body it may make a field
    kept = ((name, value) for name, value in sorted(fields.items()) if name not in _INERT_FIELDS)
    return (type(node).__name__, [(name, _canonical(value)) for name, value in kept if value not in (None, [])])


def _tells_people(node: Any) -> bool:
    """Whether the statement raises an error, reports or logs: what it says then is for people and decides nothing."""
    if isinstance(node, ast.Raise):
        return isinstance(node.exc, ast.Call)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _called(node.value) in _REPORTING


def _without_texts(node: Any) -> list[Any]:
    """The parts of such a statement, less the texts among the arguments of its call."""
    call: Any = node.exc if isinstance(node, ast.Raise) else node.value
    keywords = [keyword for keyword in call.keywords if not _is_message(keyword.value)]
    arguments = [argument for argument in call.args if not _is_message(argument)]
    return [call.func, *arguments, *keywords, *([node.cause] if getattr(node, "cause", None) else [])]


def _is_message(node: ast.expr) -> bool:
    """A text, put together of texts and values or not."""
    if isinstance(node, ast.BinOp):
        return _is_message(node.left) or _is_message(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in {"join", "format"} and _is_message(node.func.value)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """``ast.walk`` without annotations of parameters, what only a type checker runs, and what is said to people."""
    if _tells_people(node):
        for part in _without_texts(node):
            yield from _running(part)
        return
    if isinstance(node, ast.If) and _is_type_checking(node.test):
        for statement in node.orelse:
            yield from _running(statement)
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


def _imports(statement: ast.stmt, module: str) -> Iterator[Import]:
    for node in _running(statement):
        if isinstance(node, ast.Import):
            # ``import a.b`` binds ``a``, from which every module of the package can be reached
            yield from (Import(alias.name if alias.asname else alias.name.split(".")[0], "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (Import(base, alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in _IMPORTING:
            yield _dynamic(node, module)


def _called(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _dynamic(call: ast.Call, module: str) -> Import:
    named = call.args[0] if call.args else None
    if isinstance(named, ast.Constant) and isinstance(named.value, str) and not named.value.startswith("."):
        return Import(named.value, "")
    raise SourceError(
        f"{module}, line {call.lineno}: which module is imported is known only when it runs, so an edit of it would be "
        "missed; write an import statement, or the full name of the module as text"
    )
