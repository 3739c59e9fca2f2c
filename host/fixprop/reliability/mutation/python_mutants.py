"""Faults of Python sources, from their syntax tree.

Left alone, because no behaviour stands there: annotations, docstrings, messages, decorators, imports,
and `strict=` of zip, which is a check by itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from fixprop.reliability.mutation.mutant import Mutant

BINARY: dict[type[ast.operator], tuple[str, str]] = {
    **{ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "+"), ast.Div: ("/", "*")},
    **{ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "//"), ast.Pow: ("**", "*")},
    **{ast.LShift: ("<<", ">>"), ast.RShift: (">>", "<<"), ast.BitAnd: ("&", "|")},
    **{ast.BitOr: ("|", "&"), ast.BitXor: ("^", "|")},
}
COMPARISONS: dict[type[ast.cmpop], tuple[str, list[str]]] = {
    **{ast.Lt: ("<", ["<=", ">="]), ast.LtE: ("<=", ["<", ">"]), ast.Gt: (">", [">=", "<="])},
    **{ast.GtE: (">=", [">", "<"]), ast.Eq: ("==", ["!="]), ast.NotEq: ("!=", ["=="])},
    **{ast.In: ("in", ["not in"]), ast.NotIn: ("not in", ["in"])},
    **{ast.Is: ("is", ["is not"]), ast.IsNot: ("is not", ["is"])},
}
Change = tuple[int, int, str, str]  # start, end, new text, operator


def python_mutants(path: Path, source: bytes) -> list[Mutant]:
    """Every fault that is tried on this file, in the order of the text."""
    made = [Mutant(path, *change) for change in _Finder(source).changes()]
    return sorted(set(made), key=lambda m: (m.start, m.end, m.new))


class _Finder:
    def __init__(self, source: bytes) -> None:
        self.source = source
        self.lines = [0]
        for line in source.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))

    def changes(self) -> Iterator[Change]:
        for node in self._walk(ast.parse(self.source), inside=False):
            yield from self._of(node)

    def _walk(self, node: ast.AST, inside: bool) -> Iterator[ast.AST]:
        for name, field in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            for child in field if isinstance(field, list) else [field]:
                if not isinstance(child, ast.AST) or _left_alone(child):
                    continue
                if inside or not isinstance(child, ast.stmt):
                    yield child
                within = inside or isinstance(child, ast.FunctionDef)
                yield from self._walk(child, within)

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        last, column = node.end_lineno, node.end_col_offset
        assert last is not None and column is not None
        return self.lines[node.lineno - 1] + node.col_offset, self.lines[last - 1] + column

    def _text(self, node: ast.expr) -> str:
        start, end = self._span(node)
        return self.source[start:end].decode()

    def _between(
        self, left: ast.expr, right: ast.expr, old: str, new: str, kind: str = "operator"
    ) -> Iterator[Change]:
        """The operator between two expressions."""
        low, high = self._span(left)[1], self._span(right)[0]
        at = self.source.find(old.encode(), low, high)
        yield at, at + len(old), new, kind

    def _of(self, node: ast.AST) -> Iterator[Change]:
        if isinstance(node, ast.Constant):
            yield from self._of_constant(node)
        elif isinstance(node, ast.BinOp):
            yield from self._of_binary(node)
        elif isinstance(node, ast.Compare):
            parts = pairwise([node.left, *node.comparators])
            for (left, right), comparison in zip(parts, node.ops, strict=True):
                old, others = COMPARISONS[type(comparison)]
                for new in others:
                    yield from self._between(left, right, old, new, "comparison")
        elif isinstance(node, ast.BoolOp):
            old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            for left, right in pairwise(node.values):
                yield from self._between(left, right, old, new, "boolean")
        elif isinstance(node, ast.UnaryOp):
            yield (*self._span(node), f"({self._text(node.operand)})", "unary")
        elif isinstance(node, ast.IfExp | ast.If):
            if not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
                yield (*self._span(node.test), f"(not ({self._text(node.test)}))", "condition")
        elif isinstance(node, ast.stmt):
            yield from self._of_statement(node)

    def _of_constant(self, node: ast.Constant) -> Iterator[Change]:
        if isinstance(node.value, bool):
            yield (*self._span(node), str(not node.value), "boolean")
        elif isinstance(node.value, int | float):
            for one in (1, -1):
                yield (*self._span(node), f"({node.value + one})", "constant")

    def _of_binary(self, node: ast.BinOp) -> Iterator[Change]:
        if type(node.op) not in BINARY:
            return
        old, new = BINARY[type(node.op)]
        yield from self._between(node.left, node.right, old, new)
        if isinstance(node.op, ast.LShift | ast.RShift) and not isinstance(
            node.right, ast.Constant
        ):
            for one in (1, -1):
                yield (*self._span(node.right), f"({one} + ({self._text(node.right)}))", "shift")

    def _of_statement(self, node: ast.stmt) -> Iterator[Change]:
        if isinstance(node, ast.Return) and node.value is not None:
            yield (*self._span(node.value), f"(({self._text(node.value)}) + 1)", "return")
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr | ast.Raise):
            yield (*self._span(node), "pass", "statement")
        if isinstance(node, ast.AugAssign):
            old, new = BINARY[type(node.op)]
            yield from self._between(node.target, node.value, old + "=", new + "=")


def _left_alone(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.keyword):
        return node.arg == "strict"
    return isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom)
