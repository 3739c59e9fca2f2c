"""PlatformIO development platform for the compiler and tools that the operating system installed.

PlatformIO builds with SCons, which it takes from its own registry as the package `tool-scons`.
Here the package is made of the SCons that pip installed, so nothing is downloaded.
"""

import importlib.util
import json
import re
from pathlib import Path

from platformio.dependencies import get_core_dependencies
from platformio.public import PlatformBase

SCONS_LAUNCHER = "import SCons.Script\n\nSCons.Script.main()\n"


class SystemPlatform(PlatformBase):
    def is_embedded(self):
        return True  # the base class looks for a package of type "uploader"; avrdude is no package

    def configure_default_packages(self, options, targets):
        provide_scons(Path(self.pm.package_dir) / "tool-scons")
        return super().configure_default_packages(options, targets)


def provide_scons(package):
    """Lay pip's SCons out as the package that PlatformIO looks for, unless one is there."""
    if package.exists() or not importlib.util.find_spec("SCons"):
        return
    # PlatformIO wants a version number of its own counting, such as "~4.40801.0".
    version = re.search(r"[\d.]+", get_core_dependencies()["tool-scons"]).group()
    spec = {"owner": "platformio", "id": None, "name": "tool-scons", "requirements": None}
    metadata = {"name": "tool-scons", "version": version}
    package.mkdir(parents=True)
    (package / "scons.py").write_text(SCONS_LAUNCHER, encoding="utf-8")
    (package / "package.json").write_text(
        json.dumps(metadata | {"description": "SCons as pip installed it"}), encoding="utf-8"
    )
    (package / ".piopm").write_text(
        json.dumps(metadata | {"type": "tool", "spec": spec | {"uri": None}}), encoding="utf-8"
    )
