"""What is said when no boot loader answers: a TCP port has no cable, and names nobody."""

from __future__ import annotations

from fixprop.upload.flash import silence
from fixprop.upload.target import Target


def test_at_a_tcp_port_another_program_may_be_why() -> None:
    said = silence(Target("socket://here:1"))
    assert said.startswith(
        "socket://here:1 answers nobody: another program may hold it; close it and flash again"
    )
    assert said.endswith("nothing was written")


def test_at_a_device_the_program_is_named_elsewhere() -> None:
    assert "another program" not in silence(Target("/dev/ttyACM0"))
    assert "nothing wired to D0 and D1?" in silence(Target("/dev/ttyACM0"))
