"""fixprop: a small network that learns on an Arduino Uno, and its bit-exact twin on the PC."""

__version__ = "0.1.0"
