"""Build script for this computer: the libraries and a test become a program."""

from SCons.Script import Default, DefaultEnvironment

env = DefaultEnvironment()

env.Append(CFLAGS=["-std=gnu11"], CXXFLAGS=["-std=gnu++11"], CCFLAGS=["-Wall", "-Wextra"])
program = env.BuildProgram()
env.AddPlatformTarget(
    "exec", program, env.VerboseAction('"$SOURCE" $PROGRAM_ARGS', "Running $SOURCE"), "Execute"
)
Default([env.Alias("buildprog", program, program)])
