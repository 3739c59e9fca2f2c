"""Columns to bytes and back."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fixprop.dashboard.packing import ALIGNMENT, pack, unpack

COLUMNS = st.dictionaries(st.text(min_size=1), st.lists(st.floats(width=64)), max_size=5)


@given(COLUMNS, st.integers(0, 2**31))
def test_what_is_packed_comes_out_again(columns: dict[str, list[float]], batch: int) -> None:
    header, taken = unpack(pack({"kind": "data", "batch": batch}, columns))
    assert header == {"kind": "data", "batch": batch}
    assert list(taken) == list(columns)
    for name, values in columns.items():
        np.testing.assert_array_equal(taken[name], np.array(values, np.float64))


@given(COLUMNS)
def test_doubles_are_aligned_as_the_page_needs_them(columns: dict[str, list[float]]) -> None:
    message = pack({}, columns)
    assert len(message) % ALIGNMENT == 0
    assert (4 + int.from_bytes(message[:4], "little")) % ALIGNMENT == 0
