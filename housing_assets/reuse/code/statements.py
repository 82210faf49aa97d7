"""What a statement of a file is, binds, looks up and imports: all that a code version asks of its syntax tree.

The text of a statement leaves out positions, docstrings, the annotations of parameters, what only people read
(``texts``), and every field that is empty, so that a field which a later minor version of Python adds changes nothing.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

from housing_assets.reuse.code.texts import deciding_fields, is_report

if TYPE_CHECKING:
    from collections.abc import Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DOCUMENTED = (ast.Module, *_FUNCTIONS, ast.ClassDef)
_INERT_FIELDS = frozenset({"annotation", "ctx", "kind", "returns", "type_comment", "type_ignores"})
_IMPORTING = frozenset({"import_module", "__import__"})


class WrittenImport(NamedTuple):
    """One import as it is written: dots before ``module``, and the name, or the line where only a run knows it."""

    level: int
    module: str
    name: str
    unknown_at: int = 0


class Statement(NamedTuple):
    """One statement at the top of a file.

    Attributes:
        position: line and column.
        text: the statement in canonical form.
        binds: the names that it gives to the file.
        looks_up: the names that it may find in the file.
        imports: what it imports, each once, in the order in which it is written.
        looks_beside: whether it asks where its file is, as it does to read another one beside it.
        is_function: whether it defines a function.
        undecorated: the function without its decorators, where it has any.
    """

    position: tuple[int, int]
    text: str
    binds: tuple[str, ...]
    looks_up: tuple[str, ...]
    imports: tuple[WrittenImport, ...]
    looks_beside: bool
    is_function: bool
    undecorated: Statement | None


def read_statements(content: str) -> tuple[Statement, ...]:
    """The statements of a file without its docstring, an import of several names as one a name."""
    return tuple(_statement(single) for node in _statements(ast.parse(content)) for single in _singles(node))


def _statement(node: ast.stmt) -> Statement:
    return Statement(
        position=(node.lineno, node.col_offset),
        text=repr(_canonical(node)),
        binds=tuple(dict.fromkeys(_bound(node))),
        looks_up=tuple(sorted(_looked_up(node))),
        imports=tuple(dict.fromkeys(_imports(node))),
        looks_beside="__file__" in _names(node),
        is_function=isinstance(node, _FUNCTIONS),
        undecorated=_undecorated(node),
    )


def _undecorated(node: ast.stmt) -> Statement | None:
    if not isinstance(node, _FUNCTIONS) or not node.decorator_list:
        return None
    fields = dict(ast.iter_fields(node)) | {"decorator_list": []}
    return _statement(ast.copy_location(type(node)(**fields), node))


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


def _statements(node: Any) -> list[ast.stmt]:
    """The body of a module, function or class, less its docstring, those of its constants, and its reports."""
    return [statement for statement in node.body if not _is_documentation(statement) and not is_report(statement)]


def _is_documentation(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _canonical(node: Any) -> Any:
    if isinstance(node, list):
        return [_canonical(item) for item in node]
    if not isinstance(node, ast.AST):
        return (type(node).__name__, node)
    fields = dict(deciding_fields(node))
    if isinstance(node, _DOCUMENTED):
        fields["body"] = _statements(node)
    if isinstance(node, ast.JoinedStr):  # some minor versions add empty constants
        fields["values"] = [value for value in node.values if not isinstance(value, ast.Constant) or value.value]
    if isinstance(node, ast.AnnAssign):
        fields["annotated"] = fields.pop("annotation")  # in a class body it may make a field
    kept = ((name, value) for name, value in sorted(fields.items()) if name not in _INERT_FIELDS)
    return (type(node).__name__, [(name, _canonical(value)) for name, value in kept if value not in (None, [])])


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """``ast.walk`` without annotations of parameters, what only a type checker runs, and what only people read."""
    if is_report(node):
        return
    if isinstance(node, ast.If) and _is_type_checking(node.test):
        for statement in node.orelse:
            yield from _running(statement)
        return
    yield node
    for name, value in deciding_fields(node):
        if name in _INERT_FIELDS and not isinstance(node, ast.AnnAssign):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _running(child)


def _looked_up(statement: ast.stmt) -> set[str]:
    """Names that ``statement`` may find in its file. A parameter hides what the file has by its name."""
    if not isinstance(statement, _FUNCTIONS):
        return _names(statement)
    given = statement.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    hidden = {argument.arg for argument in every if argument}
    inside = {name for part in statement.body for name in _names(part)}
    return (inside - hidden) | _names(given) | {name for part in statement.decorator_list for name in _names(part)}


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in _running(node) if isinstance(each, ast.Name)}


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Names that a statement at the top of a file binds."""
    if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
        yield statement.name
        return
    for node in _running(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)


def _imports(statement: ast.stmt) -> Iterator[WrittenImport]:
    for node in _running(statement):
        if isinstance(node, ast.Import):
            # ``import a.b`` binds ``a``, from which every module of the package can be reached
            named = (alias.name if alias.asname else alias.name.split(".")[0] for alias in node.names)
            yield from (WrittenImport(0, name, "") for name in named)
        elif isinstance(node, ast.ImportFrom):
            yield from (WrittenImport(node.level, node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in _IMPORTING:
            yield _dynamic(node)


def _called(call: ast.Call) -> str:
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _dynamic(call: ast.Call) -> WrittenImport:
    named = call.args[0] if call.args else None
    if isinstance(named, ast.Constant) and isinstance(named.value, str) and not named.value.startswith("."):
        return WrittenImport(0, named.value, "")
    return WrittenImport(0, "", "", unknown_at=call.lineno)
