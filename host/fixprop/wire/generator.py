"""The files that follow from messages.py, as text; `fixprop generate` writes them."""

from __future__ import annotations

from pathlib import Path

from fixprop.wire.c_header import messages_h
from fixprop.wire.page import protocol_md
from fixprop.wire.python_records import records_py

__all__ = ["generated_files", "messages_h", "protocol_md", "records_py"]


def generated_files() -> dict[Path, str]:
    """Text of each generated file by its path from the project root."""
    return {
        Path("firmware/lib/wire/src/messages.h"): messages_h(),
        Path("host/fixprop/wire/records.py"): records_py(),
        Path("docs/protocol.md"): protocol_md(),
    }
