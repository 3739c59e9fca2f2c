"""The file of figures: what each group has measured last, all on the same firmware."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fixprop.errors import FixpropError
from fixprop.files import write_whole
from fixprop.reliability.claim import Claim

PARTS = ("claims", "groups")
Document = dict[str, Any]  # "firmware_sha256", "claims" by name, "groups": names by group


def read(path: Path, firmware_sha256: str) -> Document:
    """What is in the file of figures of this firmware; nothing if there is none.

    Raises FixpropError if it is another kind of file.
    """
    empty: Document = {"firmware_sha256": firmware_sha256, "claims": {}, "groups": {}}
    try:
        found = json.loads(path.read_text())
        old = found.get("firmware_sha256") != firmware_sha256
        return empty if old and "claims" in found else empty | {k: dict(found[k]) for k in PARTS}
    except FileNotFoundError:
        return empty
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FixpropError(f"{path} is no file of figures: remove it") from error


def begin(path: Path, group: str, firmware_sha256: str) -> None:
    """A group is about to be measured: what it said before no longer counts, should it fail."""
    document = read(path, firmware_sha256)
    for name in document["groups"].pop(group, []):
        document["claims"].pop(name, None)
    _write(path, document)


def keep(path: Path, group: str, claims: dict[str, Claim], firmware_sha256: str) -> None:
    """Put a group's claims into the file, beside those of others."""
    document = read(path, firmware_sha256)
    document["groups"][group] = sorted(claims)
    document["claims"] |= {
        name: {"figure": c.figure, "bar": c.bar, "holds": bool(c.holds)}
        for name, c in claims.items()
    }
    _write(path, document)


def _write(path: Path, document: Document) -> None:
    ordered = document | {part: dict(sorted(document[part].items())) for part in PARTS}
    write_whole(path, json.dumps(ordered, indent=2) + "\n")
