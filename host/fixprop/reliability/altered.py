"""The firmware's C with one place changed, to show that a test sees a protection that is off."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from fixprop.errors import FixpropError
from fixprop.files import write_whole
from fixprop.firmware_build import UNTRACKED
from fixprop.toolchain import BUILD, PROJECT_ROOT


def altered(source: Path, old: str, new: str) -> Path:
    """A copy of `source` under build/ with `new` instead of `old`, which must be there once."""
    text = source.read_text()
    if text.count(old) != 1:
        raise FixpropError(f"{source.name} has {old!r} {text.count(old)} times; it must be once")
    digest = hashlib.sha256((text + old + new).encode()).hexdigest()[:16]
    copy = BUILD / "altered" / digest / source.name
    copy.parent.mkdir(parents=True, exist_ok=True)
    write_whole(copy, text.replace(old, new))
    return copy


def altered_firmware(source: str, old: str, new: str, *, project: Path = PROJECT_ROOT) -> Path:
    """A project whose firmware has one place changed, for build_firmware(project=...).

    `project`: the one that is changed, itself an altered one perhaps.
    """
    firmware = project / "firmware"
    copy = altered(firmware / source, old, new)
    project = copy.parent / f"project-{_digest_of(firmware)}"
    if not project.exists():
        making = copy.parent / f"making-{os.getpid()}"
        ignored = shutil.ignore_patterns(*UNTRACKED)
        shutil.copytree(firmware, making / "firmware", ignore=ignored)
        shutil.copyfile(copy, making / "firmware" / source)
        making.rename(project)
    return project


def _digest_of(firmware: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(firmware.rglob("*")):
        if path.is_file() and not UNTRACKED.intersection(path.parts):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
