"""Build script for a board: avr-gcc makes firmware.elf and firmware.hex, avrdude uploads.

Code generation flags are those of PlatformIO's own `atmelavr` platform, so that sizes and timing
agree with what a user of `pio run -e uno` gets; warnings are ours.
"""

import re
import subprocess

from SCons.Script import Builder, Default, DefaultEnvironment

env = DefaultEnvironment()

env.Replace(
    AR="avr-gcc-ar",
    AS="avr-as",
    CC="avr-gcc",
    CXX="avr-g++",
    GDB="avr-gdb",
    OBJCOPY="avr-objcopy",
    RANLIB="avr-gcc-ranlib",
    ARFLAGS=["rc"],
    PROGNAME="firmware",
    PROGSUFFIX=".elf",
)
env.Replace(
    SIZETOOL="avr-size",
    SIZECHECKCMD="$SIZETOOL -A -d $SOURCES",
    SIZEPROGREGEXP=r"^\.(?:text|data)\s+(\d+)",
    SIZEDATAREGEXP=r"^\.(?:data|bss|noinit)\s+(\d+)",
)
env.Replace(
    UPLOADER="avrdude",
    UPLOADERFLAGS=["-p", "$BOARD_MCU", "-c", "$UPLOAD_PROTOCOL", "-b", "$UPLOAD_SPEED", "-D"],
    UPLOADCMD='$UPLOADER $UPLOADERFLAGS -P "$UPLOAD_PORT" -U "flash:w:$SOURCE:i"',
)
env.Append(
    CPPDEFINES=[("F_CPU", "$BOARD_F_CPU")],
    ASPPFLAGS=["-x", "assembler-with-cpp"],
    ASFLAGS=["-mmcu=$BOARD_MCU"],
    CCFLAGS=["-mmcu=$BOARD_MCU", "-Os", "-flto", "-ffunction-sections", "-fdata-sections"],
    CFLAGS=["-std=gnu11", "-fno-fat-lto-objects"],
    CXXFLAGS=["-std=gnu++11", "-fno-exceptions", "-fno-threadsafe-statics"],
    LINKFLAGS=["-mmcu=$BOARD_MCU", "-Os", "-flto", "-fuse-linker-plugin", "-Wl,--gc-sections"],
    LIBS=["m"],
    BUILDERS={
        "Hex": Builder(
            action=env.VerboseAction(
                "$OBJCOPY -O ihex -R .eeprom $SOURCE $TARGET", "Building $TARGET"
            ),
            suffix=".hex",
        )
    },
)

elf = env.BuildProgram()  # runs the framework's script, which builds the core with the flags above
firmware = env.Hex("$BUILD_DIR/${PROGNAME}", elf)
env.Depends(firmware, "checkprogsize")


def print_budget(target, source, env):
    sizes = subprocess.run(
        ["avr-size", "-A", "-d", str(target[0])], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    for name, pattern in (("flash", "SIZEPROGREGEXP"), ("sram", "SIZEDATAREGEXP")):
        used = sum(int(size) for size in re.findall(env[pattern], sizes, re.M))
        if budget := env.GetProjectOption(f"custom_{name}_budget", None):
            over = ", too much" if used > int(budget) else ""
            print(f"Budget: {name} {used:,} of {int(budget):,} bytes{over}")


env.AddPostAction(elf, env.VerboseAction(print_budget, "Comparing $TARGET with the budget"))


def find_port(target, source, env):
    env.AutodetectUploadPort()


env.AddPlatformTarget(
    "upload",
    firmware,
    [
        env.VerboseAction(find_port, "Looking for the board..."),
        env.VerboseAction("$UPLOADCMD", "Uploading $SOURCE"),
    ],
    "Upload",
)
Default([env.Alias("buildprog", firmware, firmware)])
