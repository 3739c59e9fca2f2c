"""Faults of C sources, from their tokens. One that does not compile is found out later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from fixprop.reliability.mutation.mutant import Mutant

TOKEN = re.compile(
    r"""(?P<skip>\s+|/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*")
      | (?P<directive>^\#(?:[^\n]*\\\n)*[^\n]*)
      | (?P<number>0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*)
      | (?P<name>[A-Za-z_]\w*)
      | (?P<operator><<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)""",
    re.X | re.S | re.M,
)
BINARY = {
    **{"+": ["-"], "-": ["+"], "*": ["+"], "/": ["*"], "%": ["/"], "<<": [">>"], ">>": ["<<"]},
    **{"<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"]},
    **{"==": ["!="], "!=": ["=="], "&&": ["||"], "||": ["&&"], "&": ["|"], "|": ["&"]},
    **{"^": ["|"], "+=": ["-=", "="], "-=": ["+=", "="], "|=": ["&=", "="], "^=": ["|=", "="]},
    **{"<<=": [">>="], ">>=": ["<<="]},
}
COMPARISONS = {"<", "<=", ">", ">=", "==", "!="}
STEPS = {"++": "--", "--": "++"}
UNARY = {"!", "~", "-"}
TYPE = re.compile(r"\w+_t|void|bool|const|place|fixprop_\w+|spread_of")
NOT_A_STATEMENT = {"if", "for", "while", "else", "return", "const", "enum", "typedef", "static"}


class Token(NamedTuple):
    """A token and where it starts."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


def tokens(text: str) -> list[Token]:
    """What a compiler for this computer sees: no comments, no directives, nothing for the AVR."""
    kept: list[Token] = []
    for_pc = [True]
    for found in TOKEN.finditer(text):
        kind = str(found.lastgroup)
        if kind == "directive":
            _follow(for_pc, found[0])
        elif kind != "skip" and all(for_pc):
            kept.append(Token(kind, found[0], found.start()))
    return kept


def _follow(for_pc: list[bool], directive: str) -> None:
    if directive.startswith("#if"):
        for_pc.append("AVR" not in directive or directive.startswith("#ifndef"))
    elif directive.startswith("#else"):
        for_pc[-1] = not for_pc[-1]
    elif directive.startswith("#endif"):
        for_pc.pop()


def c_mutants(path: Path, source: bytes) -> list[Mutant]:
    """Every fault that is tried on this file, in the order of the text."""
    text = source.decode("ascii")
    found = tokens(text)
    made = [*_of_tokens(path, found), *_of_statements(path, found, text)]
    return sorted(made, key=lambda m: (m.start, m.end, m.new))


def _of_tokens(path: Path, found: list[Token]) -> Iterator[Mutant]:
    for before, token in zip([Token("operator", ";", 0), *found], found, strict=False):
        for new, operator in _replacements(before, token):
            yield Mutant(path, token.start, token.end, new, operator)


def _replacements(before: Token, token: Token) -> Iterator[tuple[str, str]]:
    text = token.text
    after_value = before.kind in ("name", "number") or before.text in (")", "]", "++", "--")
    after_value = after_value and before.text != "return"
    if token.kind == "number":
        if before.text not in ("<<", ">>"):
            yield from ((new, "constant") for new in _neighbours(text))
    elif text in ("true", "false"):
        yield ("false" if text == "true" else "true"), "boolean"
    elif text in STEPS:
        yield STEPS[text], "step"
    elif text in UNARY and not after_value:
        yield "", "unary"
    elif text in BINARY and after_value and not (text == "*" and TYPE.fullmatch(before.text)):
        yield from (
            (new, "comparison" if text in COMPARISONS else "operator") for new in BINARY[text]
        )
        if text in ("<<", ">>"):
            yield from ((f"{text} {one} +", "shift") for one in (1, -1))


def _neighbours(number: str) -> list[str]:
    digits = number.rstrip("uUlL")
    suffix = number[len(digits) :]
    return [f"{int(digits, 0) + one}{suffix}" for one in (1, -1)]


def _of_statements(path: Path, found: list[Token], text: str) -> Iterator[Mutant]:
    """Statements left out, returned values replaced, conditions without a comparison negated."""
    for index, token in enumerate(found):
        if token.text == "if":
            yield from _negated(path, found, index + 1, text)
        if not _starts_statement(found, index):
            continue
        body = _until_semicolon(found, index)
        if token.text == "return" and len(body) > 1:
            value = text[body[1].start : body[-1].end]
            for new in ("0", f"({value}) + 1"):
                if new != value:
                    yield Mutant(path, body[1].start, body[-1].end, new, "return")
        elif body and token.text not in NOT_A_STATEMENT and not _declares(body):
            yield Mutant(path, token.start, body[-1].end, "", "statement")


def _negated(path: Path, found: list[Token], index: int, text: str) -> Iterator[Mutant]:
    close = _closing(found, index)
    inner = found[index + 1 : close]
    if not COMPARISONS & {t.text for t in inner}:
        start, end = inner[0].start, inner[-1].end
        yield Mutant(path, start, end, f"!({text[start:end]})", "condition")


def _closing(found: list[Token], index: int) -> int:
    depth = 0
    for at in range(index, len(found)):
        depth += {"(": 1, ")": -1}.get(found[at].text, 0)
        if depth == 0:
            return at
    raise ValueError("a parenthesis is not closed")


def _starts_statement(found: list[Token], index: int) -> bool:
    if index == 0 or _depth(found, index) == 0:
        return False
    before = found[index - 1].text
    if before in (";", "{", "}", "else"):
        return not _in_parentheses(found, index)
    return before == ")" and _ends_header(found, index - 1)


def _depth(found: list[Token], index: int) -> int:
    texts = [t.text for t in found[:index]]
    return texts.count("{") - texts.count("}")


def _in_parentheses(found: list[Token], index: int) -> bool:
    texts = [t.text for t in found[:index]]
    return texts.count("(") > texts.count(")")


def _ends_header(found: list[Token], close: int) -> bool:
    depth = 0
    for at in range(close, 0, -1):
        depth += {")": 1, "(": -1}.get(found[at].text, 0)
        if depth == 0:
            return found[at - 1].text in ("if", "for", "while")
    return False


def _until_semicolon(found: list[Token], index: int) -> list[Token]:
    body: list[Token] = []
    for token in found[index:]:
        if token.text == ";":
            return body
        if token.text in "{}":
            return []
        body.append(token)
    return []


def _declares(body: list[Token]) -> bool:
    names = [t.text for t in body[:3]]
    pointer = len(names) == 3 and names[1] == "*" and TYPE.fullmatch(names[0]) is not None
    return pointer or (len(body) > 1 and body[0].kind == body[1].kind == "name")
