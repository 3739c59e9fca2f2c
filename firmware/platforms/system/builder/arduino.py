"""Framework script: the Arduino core for AVR that the operating system installed."""

import os
import subprocess
import sys
from pathlib import Path

from SCons.Script import DefaultEnvironment

DEBIAN_CORE = "/usr/share/arduino/hardware/arduino/avr"  # package arduino-core-avr
ARDUINO_VERSION = 10808  # what PlatformIO's own platform says it is

env = DefaultEnvironment()
board = env.BoardConfig()
home = Path(os.environ.get("ARDUINO_AVR", DEBIAN_CORE))
core = home / "cores" / board.get("build.core")
variant = home / "variants" / board.get("build.variant")
if not core.is_dir():
    sys.exit(
        f"no Arduino core for AVR in {home}: install arduino-core-avr (Debian) or set ARDUINO_AVR"
    )

env.Append(
    CPPDEFINES=[("ARDUINO", ARDUINO_VERSION), "ARDUINO_ARCH_AVR"],
    CPPPATH=[str(core), str(variant)],
    LIBSOURCE_DIRS=[str(home / "libraries")],
    CXXFLAGS=["-fpermissive"],
)

gcc_version = subprocess.run(["avr-gcc", "-dumpversion"], stdout=subprocess.PIPE, check=True).stdout
if int(gcc_version.split(b".")[0]) < 7:  # hides from C++11 what the core's WString.cpp uses
    env.Append(CPPDEFINES=[("DECIMAL_DIG", "__DECIMAL_DIG__")])

core_env = env.Clone()
core_env.Append(CCFLAGS=["-w"])  # the core's warnings are not ours to mend
env.Prepend(LIBS=[core_env.BuildLibrary("$BUILD_DIR/FrameworkArduino", str(core))])
env.Append(CCFLAGS=["-Wall", "-Wextra"])
