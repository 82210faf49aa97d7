"""What only people read of a program: texts of exceptions, and what is reported or logged on the way.

No value follows from them, so an edit there makes nothing stale. A text is a string, an f-string, or such texts joined.
What a report calls may have an effect, so a report counts once it calls anything but what is known to have none.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

REPORTS = frozenset({"report", "warn"})
LOGS = frozenset({"log", "logger", "logging"})
LEVELS = frozenset({"debug", "info", "warning", "error", "critical", "exception"})
WITHOUT_EFFECT = frozenset({"abs", "len", "list", "max", "min", "repr", "round", "set", "sorted", "str", "sum", "type"})
ON_TEXTS = frozenset({"format", "join"})
_ACTIONS = (ast.Await, ast.Call, ast.NamedExpr, ast.Yield, ast.YieldFrom)


def deciding_fields(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """The fields of ``node``, as ``ast.iter_fields`` gives them, without texts of exceptions and without reports."""
    for name, value in ast.iter_fields(node):
        if isinstance(node, ast.Raise) and isinstance(value, ast.Call):
            yield name, _without_texts(value)
        elif isinstance(value, list):
            yield name, [item for item in value if not is_report(item)]
        else:
            yield name, value


def is_report(node: Any) -> bool:
    """Whether ``node`` is a statement that does nothing but tell a text."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call) or not _tells(node.value.func):
        return False
    call = node.value
    told = [*call.args, *(keyword.value for keyword in call.keywords)]
    return bool(call.args) and is_text(call.args[0]) and not any(map(_may_have_effect, told))


def is_text(node: ast.AST) -> bool:
    """Whether ``node`` is a string whatever the program does."""
    match node:
        case ast.JoinedStr() | ast.Constant(value=str()):
            return True
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return is_text(left) or is_text(right)
        case ast.BinOp(op=ast.Mod(), left=left):
            return is_text(left)
        case ast.IfExp(body=body, orelse=orelse):
            return is_text(body) and is_text(orelse)
        case ast.Call(func=ast.Attribute(value=text, attr=attribute)):
            return attribute in ON_TEXTS and is_text(text)
    return False


def _without_texts(call: ast.Call) -> ast.Call:
    kept = [argument for argument in call.args if not is_text(argument)]
    return ast.copy_location(ast.Call(call.func, kept, call.keywords), call)


def _tells(function: ast.expr) -> bool:
    """``report``, or a level of a log: ``log.info``, ``context.log.info``."""
    if isinstance(function, ast.Name):
        return function.id in REPORTS
    return isinstance(function, ast.Attribute) and function.attr in LEVELS and _last_name(function.value) in LOGS


def _last_name(node: ast.expr) -> str:
    return (node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")).lower()


def _may_have_effect(node: ast.AST) -> bool:
    return any(isinstance(each, _ACTIONS) and not _is_harmless(each) for each in ast.walk(node))


def _is_harmless(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return is_text(node) or (isinstance(node.func, ast.Name) and node.func.id in WITHOUT_EFFECT)
