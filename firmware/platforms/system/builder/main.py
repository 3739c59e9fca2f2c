"""Build script: for the board that the environment names, or without one for this computer."""

from SCons.Script import DefaultEnvironment

env = DefaultEnvironment()
env.SConscript("avr.py" if "BOARD" in env else "native.py", exports="env")
