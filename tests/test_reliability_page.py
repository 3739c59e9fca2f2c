"""docs/reliability.md names every claim that is measured, and no other."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from fixprop.toolchain import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "reliability.md"
MEASURES = PROJECT_ROOT / "host" / "fixprop" / "reliability"
NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")


def named() -> set[str]:
    """Those of the tables' second columns."""
    rows = [line.split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return {name for row in rows for name in re.findall(r"`([a-z0-9_]+)`", row[1])}


def patterns() -> set[str]:
    """Of the keys of what functions named *_claims return, as regular expressions."""
    found = set()
    for path in MEASURES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.endswith("_claims"):
                found |= set(_keys(node))
    return found


def _keys(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        keys = [*node.keys] if isinstance(node, ast.Dict) else []
        if isinstance(node, ast.Subscript):
            keys.append(node.slice)
        if isinstance(node, ast.Assign):
            keys.append(node.value)
        yield from (pattern for key in keys if NAME.match(pattern := _pattern(key)))


def _pattern(key: ast.expr | None) -> str:
    if isinstance(key, ast.Constant):
        return str(key.value)
    if isinstance(key, ast.JoinedStr):
        return "".join(str(p.value) if isinstance(p, ast.Constant) else r"\w+" for p in key.values)
    return ""


def test_every_claim_has_its_line() -> None:
    missing = {p for p in patterns() if not any(re.fullmatch(p, name) for name in named())}
    assert not missing


def test_every_name_on_the_page_is_measured() -> None:
    unknown = {name for name in named() if not any(re.fullmatch(p, name) for p in patterns())}
    assert not unknown


def test_there_are_as_many_as_are_known_to_be() -> None:
    assert len(patterns()) > 40
