"""The circuit as it is, and as it is without the button and the LED."""

from __future__ import annotations

import pytest

from fixprop.tracking.definition import CONSTANTS
from hardware import circuit

PANEL = {"PIN_BUTTON", "PIN_LED"}


@pytest.fixture(params=["whole", "without a panel"])
def wired(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs a test for both circuits."""
    assert {c.name for c in CONSTANTS} >= PANEL
    if request.param != "whole":
        fewer = tuple(c for c in CONSTANTS if c.name not in PANEL)
        monkeypatch.setattr(circuit, "CONSTANTS", fewer)
