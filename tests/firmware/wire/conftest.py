"""The firmware's wire, compiled for this computer."""

import sys

import pytest

from fixprop.toolchain import PROJECT_ROOT

sys.path.insert(0, str(PROJECT_ROOT))

from tests.firmware.wire.native import NativeWire


@pytest.fixture(scope="session")
def native() -> NativeWire:
    """wire.c and messages.h, callable from Python."""
    return NativeWire()
