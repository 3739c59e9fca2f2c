"""The definition is consistent, and its checksum changes when and only when the wire does."""

from __future__ import annotations

import dataclasses

import pytest

from fixprop.wire import messages as wire
from fixprop.wire.schema import Field, Message


def test_codes_and_names_are_unique() -> None:
    assert len(wire.BY_CODE) == len(wire.BY_NAME) == len(wire.MESSAGES)
    for message in wire.MESSAGES:
        names = [field.name for field in message.fields]
        assert len(set(names)) == len(names), message.name


def test_high_bit_of_a_code_tells_the_direction() -> None:
    for message in wire.MESSAGES:
        assert (message.code >= 0x80) == (message.direction == "host to device"), message.name


def test_fields_refer_to_enumerations_that_fit_them() -> None:
    enumerations = {enumeration.name: enumeration for enumeration in wire.ENUMERATIONS}
    used = [field for message in wire.MESSAGES for field in message.fields if field.values]
    assert {field.values for field in used} == set(enumerations)
    for field in used:
        values = [member.value for member in enumerations[field.values].members]
        assert max(values) <= field.scalar.high
        assert len(set(values)) == len(values)


def test_flags_are_single_bits() -> None:
    flags = [member.value for e in wire.ENUMERATIONS if e.flags for member in e.members]
    assert flags
    assert all(value.bit_count() == 1 for value in flags)


def test_longest_frame_fits_one_cobs_block() -> None:
    assert wire.MAX_FRAME < 255  # the firmware stuffs in place and relies on it


def test_16_mhz_makes_the_baud_rate_exactly() -> None:
    assert 16_000_000 % (8 * wire.BAUD) == 0


def test_readings_leave_the_line_mostly_free() -> None:
    """50 a second, 10 bits for each byte, take less than a twentieth."""
    frame = wire.READING.payload_size + wire.MAX_FRAME - wire.MAX_PAYLOAD
    assert 50 * frame * 10 < wire.BAUD / 20


@pytest.mark.parametrize("message", wire.MESSAGES, ids=lambda message: message.name)
def test_layout_has_the_size_of_its_fields(message: Message) -> None:
    assert message.layout.size == sum(field.size for field in message.fields)
    end = max((at + field.size for field, at in message.offsets()), default=2)
    assert end == message.payload_size <= wire.MAX_PAYLOAD


def test_unknown_type_is_refused() -> None:
    for bad in ("u64", "u16[3]", "u8[0]", "u8[]", ""):
        with pytest.raises(ValueError, match="no type"):
            Field("x", bad, "", "")


def _crc_with(monkeypatch: pytest.MonkeyPatch, message: Message) -> int:
    changed = [message if m.name == message.name else m for m in wire.MESSAGES]
    with monkeypatch.context() as patch:
        patch.setattr(wire, "MESSAGES", tuple(changed))
        return wire.protocol_crc()


def test_checksum_changes_with_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    old = wire.LEARN
    field = old.fields[0]
    changes = [
        dataclasses.replace(old, code=0x8F),
        dataclasses.replace(old, fields=()),
        dataclasses.replace(old, fields=(dataclasses.replace(field, type="u16"),)),
        dataclasses.replace(old, fields=(dataclasses.replace(field, name="off"),)),
        dataclasses.replace(old, fields=(dataclasses.replace(field, unit="ms"),)),
        dataclasses.replace(old, restarts_sequence=True),
    ]
    sums = {wire.protocol_crc(), *(_crc_with(monkeypatch, message) for message in changes)}
    assert len(sums) == 1 + len(changes)


def test_checksum_ignores_wording(monkeypatch: pytest.MonkeyPatch) -> None:
    field = dataclasses.replace(wire.LEARN.fields[0], text="other words")
    reworded = dataclasses.replace(wire.LEARN, text="other words", fields=(field,))
    assert _crc_with(monkeypatch, reworded) == wire.protocol_crc()
