"""The definition of the findings, and the page that is made from it."""

from __future__ import annotations

import re

from fixprop.doctor.kinds import BY_NAME, KINDS, Finding
from fixprop.doctor.page import generated_files
from fixprop.doctor.trials import EXPECTED
from fixprop.toolchain import PROJECT_ROOT


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(KINDS)


def test_the_page_is_up_to_date() -> None:
    for path, text in generated_files().items():
        assert (PROJECT_ROOT / path).read_text(encoding="utf-8") == text, "run: fixprop generate"


def test_the_page_has_a_row_for_every_kind() -> None:
    (text,) = generated_files().values()
    rows = re.findall(r"^\| `(\w+)` \|", text, re.M)
    assert rows == [kind.name for kind in KINDS]


def test_what_the_trials_expect_is_defined() -> None:
    expected = {name.split(" ")[0] for name in EXPECTED.values() if name}
    assert expected <= set(BY_NAME)
    assert len(expected) >= 10


def test_a_finding_names_side_and_pin() -> None:
    finding = Finding("sensor_high", "the right sensor reads 8184, limit 8000", "right")
    assert finding.name == "sensor_high (right)"
    assert finding.line() == (
        "the right sensor reads 8184, limit 8000: "
        "right sensor: its plug is off, its yellow wire on A1 is loose or touches 5V, or its ground "
        "wire is off"
    )
    for name in ("sensor_floating", "sensor_high"):
        assert "loose" in Finding(name, "seen", "left").do
    for kind in KINDS:
        assert "{" not in Finding(kind.name, "seen", "left").do
