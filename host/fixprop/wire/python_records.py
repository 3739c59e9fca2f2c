"""Writes records.py: a typed class for each message, an enum for each enumeration."""

from __future__ import annotations

from fixprop.wire import messages as wire
from fixprop.wire.schema import GENERATED, Enumeration, Field, Message

_HEAD = f'''\
# {GENERATED}
"""The messages and codes of the wire as Python types; codec.py makes and takes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import ClassVar, Final
'''


def records_py() -> str:
    """The text of host/fixprop/wire/records.py, as `ruff format` would lay it out."""
    classes = [*map(_enumeration, wire.ENUMERATIONS), *map(_record, wire.MESSAGES)]
    return "\n\n".join([_HEAD, *classes, _tables()])


def _camel(name: str) -> str:
    return name.title().replace("_", "")


def _enumeration(enumeration: Enumeration) -> str:
    base = "IntFlag" if enumeration.flags else "IntEnum"
    lines = [f"class {_camel(enumeration.name)}({base}):", f'    """{enumeration.text}"""', ""]
    lines += [f"    {m.name.upper()} = {m.value}  # {m.text}" for m in enumeration.members]
    return "\n".join(lines) + "\n"


def _record(message: Message) -> str:
    lines = [
        "@dataclass(frozen=True, slots=True)",
        f"class {_camel(message.name)}:",
        f'    """{message.text}"""',
        "",
        f'    name: ClassVar[str] = "{message.name}"',
        f"    code: ClassVar[int] = 0x{message.code:02X}",
    ]
    if message.fields:
        lines.append("")
    lines += [_attribute(field) for field in message.fields]
    return "\n".join(lines) + "\n"


def _attribute(field: Field) -> str:
    kind = "int" if field.length is None else "bytes"
    values = f"; {_camel(field.values)}" if field.values else ""
    unit = f" [{field.unit}]" if field.unit else ""
    return f"    {field.name}: {kind}  # {field.type}, {field.text}{values}{unit}"


def _tables() -> str:
    names = [_camel(message.name) for message in wire.MESSAGES]
    union = "Record = (\n    " + "\n    | ".join(names) + "\n)\n"
    rows = [f'    "{m.name}": {_camel(m.name)},' for m in wire.MESSAGES]
    table = "RECORDS: Final[dict[str, Callable[..., Record]]] = {\n" + "\n".join(rows) + "\n}\n"
    return f"{union}\n{table}"
