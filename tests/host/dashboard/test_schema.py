"""What the page may ask for, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixprop.dashboard.schema import MAX_BYTES, REQUESTS, Budget, Flag, Number, Refused, parse


def text(**message: Any) -> str:
    return json.dumps(message)


def some(kind: Number | Flag) -> float | bool:
    return True if isinstance(kind, Flag) else kind.low


@pytest.mark.parametrize("kind", REQUESTS)
def test_every_request_gets_in_with_exactly_its_fields(kind: str) -> None:
    values = {name: some(limits) for name, limits in REQUESTS[kind].items()}
    request = parse(text(type=kind, id=7, **values))
    assert (request.type, request.id, request.values) == (kind, 7, values)


@pytest.mark.parametrize("kind", REQUESTS)
def test_an_unknown_field_is_refused_by_name(kind: str) -> None:
    values = {name: some(limits) for name, limits in REQUESTS[kind].items()}
    with pytest.raises(Refused) as refusal:
        parse(text(type=kind, id=7, colour="red", **values))
    assert refusal.value.field == "colour"
    assert refusal.value.request_id == 7


CASES = [(k, f) for k, fields in REQUESTS.items() for f in fields]


@pytest.mark.parametrize(("kind", "field"), CASES)
def test_a_missing_field_is_refused_by_name(kind: str, field: str) -> None:
    values = {n: some(limits) for n, limits in REQUESTS[kind].items() if n != field}
    with pytest.raises(Refused, match="missing") as refusal:
        parse(text(type=kind, id=7, **values))
    assert refusal.value.field == field


@pytest.mark.parametrize(("kind", "field"), CASES)
@pytest.mark.parametrize("value", ["1", None, [], {}, 1e9, -1e9])
def test_a_value_of_the_wrong_kind_or_size_is_refused(kind: str, field: str, value: Any) -> None:
    values = {n: some(limits) for n, limits in REQUESTS[kind].items()} | {field: value}
    if field == "seed" and value == 1e9:
        value = values[field] = 1e10  # a seed may be large
    with pytest.raises(Refused) as refusal:
        parse(text(type=kind, id=7, **values))
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "message",
    [
        "",
        "[]",
        "null",
        "{",
        '{"type":"save"}',
        '{"type":"save","id":-1}',
        '{"type":"save","id":true}',
        '{"type":"save","id":1,"id":2}',
        '{"type":"hand","id":1,"bearing_deg":NaN,"range_cm":20}',
        '{"type":"hand","id":1,"bearing_deg":Infinity,"range_cm":20}',
        '{"type":"teach","id":1,"seconds":1.5}',
        '{"type":"learn","id":1,"on":1}',
        '{"type":["save"],"id":1}',
        '{"type":"__init__","id":1}',
        '{"type":"pointer","id":1,"pointer_us":1}',
        '{"type":"save","id":1}' + " " * MAX_BYTES,
        "[" * MAX_BYTES,
        '{"type":"\ud800","id":1}',
    ],
)
def test_anything_else_is_refused(message: str) -> None:
    with pytest.raises(Refused):
        parse(message)


def test_the_pointer_is_held_by_a_servo_pulse_or_let_go_by_zero() -> None:
    assert parse(text(type="pointer", id=1, pointer_us=0)).values == {"pointer_us": 0}
    assert parse(text(type="pointer", id=1, pointer_us=1450)).values == {"pointer_us": 1450}


@given(
    st.text(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ).map(json.dumps)
)
def test_no_text_does_more_than_be_refused(message: str) -> None:
    try:
        parse(message)
    except Refused as refusal:
        assert str(refusal)


def test_a_budget_allows_its_burst_and_then_its_rate() -> None:
    now = [0.0]
    budget = Budget(lambda: now[0], per_s=10, burst=3)
    assert [budget.allow() for _ in range(4)] == [True, True, True, False]
    now[0] = 0.2
    assert [budget.allow() for _ in range(3)] == [True, True, False]
