"""Lets these tests import their neighbours as `tests.host.wire...`."""

import sys

from fixprop.toolchain import PROJECT_ROOT

sys.path.insert(0, str(PROJECT_ROOT))
