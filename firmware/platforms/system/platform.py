"""PlatformIO development platform for the compiler and tools that the operating system installed.

With a board it builds for the board, without one for this computer. PlatformIO takes SCons and
cppcheck from its own registry, as the packages `tool-scons` and `tool-cppcheck`. Here they are made
of what pip and the operating system installed, so nothing is downloaded.
"""

import importlib.util
import json
import re
import shutil
from pathlib import Path

from platformio.dependencies import get_core_dependencies
from platformio.public import PlatformBase

SCONS_LAUNCHER = "import SCons.Script\n\nSCons.Script.main()\n"


class SystemPlatform(PlatformBase):
    for_board = True

    def is_embedded(self):
        return self.for_board  # the base class looks for a package of type "uploader"

    def configure_default_packages(self, options, targets):
        self.for_board = bool(options.get("board"))
        packages = Path(self.pm.package_dir)
        if importlib.util.find_spec("SCons"):
            provide(packages, "tool-scons", "scons.py", SCONS_LAUNCHER)
        if cppcheck := shutil.which("cppcheck"):
            provide(packages, "tool-cppcheck", "cppcheck", f'#!/bin/sh\nexec {cppcheck} "$@"\n')
        return super().configure_default_packages(options, targets)


def provide(packages, name, launcher, text):
    """Lay an installed program out as the package that PlatformIO looks for, unless one is there."""
    package = packages / name
    if package.exists():
        return
    # PlatformIO wants a version number of its own counting, such as "~4.40801.0".
    version = re.search(r"[\d.]+", get_core_dependencies()[name]).group()
    spec = {"owner": "platformio", "id": None, "name": name, "requirements": None, "uri": None}
    metadata = {"name": name, "version": version}
    package.mkdir(parents=True)
    (package / launcher).write_text(text, encoding="utf-8")
    (package / launcher).chmod(0o755)
    (package / "package.json").write_text(
        json.dumps(metadata | {"description": "as the operating system or pip installed it"}),
        encoding="utf-8",
    )
    (package / ".piopm").write_text(
        json.dumps(metadata | {"type": "tool", "spec": spec}), encoding="utf-8"
    )
