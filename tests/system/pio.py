"""PlatformIO, kept to folders of this checkout.

Each name has folders of its own, which one process uses at a time.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from fixprop.toolchain import PROJECT_ROOT

SETTINGS = {
    "PLATFORMIO_SETTING_ENABLE_TELEMETRY": "no",
    "PLATFORMIO_DISABLE_UPGRADE_CHECK": "true",
    "PLATFORMIO_BUILD_FLAGS": "-Werror",
    "LC_ALL": "C.UTF-8",
}


def environment(name: str, project: Path = PROJECT_ROOT) -> dict[str, str]:
    """Variables for PlatformIO with the folders `name` of the checkout `project`."""
    own = project / "build" / "pio" / name
    own.mkdir(parents=True, exist_ok=True)
    folders = {"PLATFORMIO_CORE_DIR": own / "core", "PLATFORMIO_WORKSPACE_DIR": own / "workspace"}
    return os.environ | SETTINGS | {variable: str(path) for variable, path in folders.items()}


def pio(
    name: str, *arguments: str, project: Path = PROJECT_ROOT
) -> subprocess.CompletedProcess[str]:
    """`pio ARGUMENTS` on project/firmware, and all that it said."""
    command = [sys.executable, "-m", "platformio", *arguments, "-d", str(project / "firmware")]
    variables = environment(name, project)
    with (project / "build" / "pio" / name / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return subprocess.run(
            command,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def cases(report: Path) -> dict[str, bool]:
    """Whether each case of a JUnit report passed.

    PlatformIO's exit status does not tell: it is 0 too when no test port could be opened.
    """
    return {
        f"{case.get('classname')} {case.get('name')}": case.find("failure") is None
        and case.find("error") is None
        for case in ElementTree.parse(report).iter("testcase")
    }
