"""Values for every message, drawn from its definition."""

from __future__ import annotations

from hypothesis import strategies as st

from fixprop.wire.codec import Value, encode
from fixprop.wire.messages import MESSAGES
from fixprop.wire.schema import Field, Message

Values = dict[str, Value]


def values_of(message: Message) -> st.SearchStrategy[Values]:
    """Any values that the message can carry."""
    return st.fixed_dictionaries({field.name: _field(field) for field in message.fields})


def _field(field: Field) -> st.SearchStrategy[Value]:
    if field.length is not None:
        return st.binary(min_size=field.length, max_size=field.length)
    return st.integers(field.scalar.low, field.scalar.high)


def frames() -> st.SearchStrategy[bytes]:
    """A good frame of any message, with any sequence."""
    return st.sampled_from(MESSAGES).flatmap(
        lambda message: st.builds(
            lambda sequence, values: encode(message.name, sequence, **values),
            st.integers(0, 255),
            values_of(message),
        )
    )


def streams() -> st.SearchStrategy[bytes]:
    """What a bad line may deliver: good frames, cut and garbled ones, noise rich in zeros."""
    cut = st.builds(lambda frame, end: frame[:end], frames(), st.integers(0, 60))
    garbled = st.builds(_garble, frames(), st.integers(0, 60), st.integers(0, 255))
    noise = st.lists(st.sampled_from([0, 1, 2, 3, 5, 60, 61, 62, 254, 255]), max_size=130).map(
        bytes
    )
    pieces = st.one_of(frames(), cut, garbled, noise, st.binary(max_size=200))
    return st.lists(pieces, max_size=8).map(b"".join)


def _garble(frame: bytes, at: int, byte: int) -> bytes:
    at %= len(frame)
    return frame[:at] + bytes([byte]) + frame[at + 1 :]


def plain_values(message: Message) -> Values:
    """Fixed values with zeros among them, for tests that try every change of one frame."""
    return {
        field.name: bytes(i * 37 % 5 * 51 for i in range(field.length)) if field.length else 3
        for field in message.fields
    }
