"""The fingerprint changes with everything that could make firmware and host compute differently."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fixprop import formats, generator
from fixprop.activations import ACTIVATIONS, Activation
from fixprop.fingerprint import fingerprint
from fixprop.network import Topology
from fixprop.toolchain import PROJECT_ROOT
from fixprop.tracking import definition
from fixprop.tracking.definition import TOPOLOGY
from fixprop.wire import messages
from fixprop.wire.schema import Field


@pytest.fixture
def before() -> int:
    return fingerprint(TOPOLOGY)


def test_the_firmware_is_built_with_the_hosts_fingerprint(before: int) -> None:
    model = (PROJECT_ROOT / "firmware" / "include" / "model.h").read_text()
    assert f"#define MODEL_FINGERPRINT UINT32_C(0x{before:08X})" in model


@pytest.mark.parametrize(
    "other",
    [
        replace(TOPOLOGY, sizes=(4, 9, 3)),
        replace(TOPOLOGY, activations=("sigmoid", "linear")),
        Topology((4, 8, 3, 3), ("tanh", "linear", "linear")),
    ],
    ids=str,
)
def test_another_topology(before: int, other: Topology) -> None:
    assert fingerprint(other) != before


@pytest.mark.parametrize("index", range(len(formats.FORMATS)))
def test_another_number_format(before: int, index: int, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = list(formats.FORMATS)
    changed[index] = replace(changed[index], fraction=changed[index].fraction - 1)
    monkeypatch.setattr(formats, "FORMATS", tuple(changed))
    assert fingerprint(TOPOLOGY) != before


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (formats, "SIGNIFICANT_SHIFT"),
        (formats, "NO_TARGET"),
        (generator, "DEFAULT_STATE"),
    ],
)
def test_another_constant_of_the_arithmetic(
    before: int, module: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, getattr(module, name) + 1)
    assert fingerprint(TOPOLOGY) != before


@pytest.mark.parametrize("function", ACTIVATIONS.values(), ids=lambda f: f.name)
def test_another_activation_function(
    before: int, function: Activation, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = replace(function, net_range=2 * function.net_range)
    monkeypatch.setitem(ACTIVATIONS, function.name, changed)
    assert fingerprint(TOPOLOGY) != before


def test_one_entry_of_a_table(before: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tanh = ACTIVATIONS["tanh"]
    assert tanh.table is not None
    table = tanh.table.copy()
    table[200] += 1
    monkeypatch.setitem(ACTIVATIONS, "tanh", replace(tanh, table=table))
    assert fingerprint(TOPOLOGY) != before


@pytest.mark.parametrize("index", range(len(definition.CONSTANTS)))
def test_another_constant_of_the_tracker(
    before: int, index: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = list(definition.CONSTANTS)
    changed[index] = replace(changed[index], value=changed[index].value + 1)
    monkeypatch.setattr(definition, "CONSTANTS", tuple(changed))
    assert fingerprint(TOPOLOGY) != before


def test_another_message_field_or_code(before: int, monkeypatch: pytest.MonkeyPatch) -> None:
    hello, *others = messages.MESSAGES
    for changed in (
        replace(hello, fields=(*hello.fields, Field("more", "u8", "", "more"))),
        replace(hello, fields=(replace(hello.fields[0], type="u16"), *hello.fields[1:])),
        replace(hello, code=0x70),
    ):
        monkeypatch.setattr(messages, "MESSAGES", (changed, *others))
        assert fingerprint(TOPOLOGY) != before


def test_wording_alone_does_not_make_a_board_incompatible(
    before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reworded = [replace(f, text="other words") for f in formats.FORMATS]
    monkeypatch.setattr(formats, "FORMATS", tuple(reworded))
    renamed = [replace(c, text="other words") for c in definition.CONSTANTS]
    monkeypatch.setattr(definition, "CONSTANTS", tuple(renamed))
    assert fingerprint(TOPOLOGY) == before
