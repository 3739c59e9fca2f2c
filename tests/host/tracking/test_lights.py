"""The LED's patterns: one definition, told apart by eye, on the page and in the header."""

from __future__ import annotations

import re

from fixprop.toolchain import FIRMWARE, PROJECT_ROOT
from fixprop.tracking.lights import LIGHTS


def test_no_two_patterns_look_alike() -> None:
    """Of two, one never goes out, or the period or the time on differs by a half and more."""

    def unlike(a: float, b: float) -> bool:
        return max(a, b) >= 1.5 * min(a, b) + 1

    for i, one in enumerate(LIGHTS):
        for other in LIGHTS[:i]:
            periods = one.on_ms + one.off_ms, other.on_ms + other.off_ms
            shares = one.on_ms / periods[0], other.on_ms / periods[1]
            looks = unlike(*periods) or unlike(one.on_ms, other.on_ms)
            blinks = one.off_ms > 0, other.off_ms > 0
            told_apart = looks or blinks[0] != blinks[1] or abs(shares[0] - shares[1]) > 0.3
            assert told_apart, (one.name, other.name)


def test_the_header_has_them_in_order() -> None:
    header = (FIRMWARE / "lib" / "tracker" / "src" / "lights.h").read_text()
    names = re.findall(r"^  LIGHT_(\w+),", header, re.M)
    assert names == [light.name.upper() for light in LIGHTS]
    times = [(int(a), int(b)) for a, b in re.findall(r"\{(\d+), (\d+)\}", header)]
    assert times == [(light.on_ms, light.off_ms) for light in LIGHTS]


def test_the_page_has_a_row_for_each() -> None:
    page = (PROJECT_ROOT / "docs" / "standalone.md").read_text()
    for light in LIGHTS:
        assert f"| {light.name} | {light.on_ms} | {light.off_ms} | {light.meaning} |" in page
