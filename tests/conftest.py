"""Settings that all tests share."""

from hypothesis import settings

# Found examples must not depend on the machine's speed, nor a run on the runs before it.
settings.register_profile("fixprop", deadline=None, derandomize=True)
settings.load_profile("fixprop")
