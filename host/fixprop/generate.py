"""Every generated file of the project: written by `fixprop generate`, compared by a test."""

from __future__ import annotations

from pathlib import Path

from fixprop import header, library_headers
from fixprop.doctor import page as doctor_page
from fixprop.tracking import definition
from fixprop.wire import generator as wire


def generated_files() -> dict[Path, str]:
    """Contents of all generated files, by path from the project's root."""
    files: dict[Path, str] = {}
    for part in (library_headers, wire, definition, header, doctor_page):
        files.update(part.generated_files())
    return files


def stale_files(root: Path) -> list[Path]:
    """Generated files under `root` that are missing or differ from their source."""

    def is_current(path: Path, text: str) -> bool:
        target = root / path
        return target.is_file() and target.read_text(encoding="utf-8") == text

    return [path for path, text in generated_files().items() if not is_current(path, text)]


def write_stale_files(root: Path) -> list[Path]:
    """Bring all generated files up to date; returns those that were not."""
    files = generated_files()
    stale = stale_files(root)
    for path in stale:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(files[path], encoding="utf-8")
    return stale
