"""A native board behind a line that a test may spoil, and a session with it."""

from __future__ import annotations

import pytest

from fixprop.session import Session
from tests.host.bad_line import ThroughABadLine


@pytest.fixture
def port() -> ThroughABadLine:
    """A good line until the test says otherwise."""
    return ThroughABadLine()


@pytest.fixture
def session(port: ThroughABadLine) -> Session:
    """Open on `port`."""
    session = Session(port)
    session.open()
    return session
