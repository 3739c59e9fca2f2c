"""Settings that all tests share."""

import signal

from hypothesis import settings

# Found examples must not depend on the machine's speed, nor a run on the runs before it.
settings.register_profile("fixprop", deadline=None, derandomize=True)
settings.load_profile("fixprop")

# A shell starts what it puts into the background with Ctrl-C ignored, and programs inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
