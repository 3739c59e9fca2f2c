"""Who may open the page."""

from __future__ import annotations

import pytest

from fixprop.dashboard.access import Access

HERE = Access.to("127.0.0.1", 8042)
OPEN = Access.to("0.0.0.0", 8042)


@pytest.mark.parametrize("host", ["127.0.0.1:8042", "localhost:8042", "[::1]:8042"])
def test_this_computers_own_names_are_let_in(host: str) -> None:
    assert HERE.host_allowed(host)
    assert HERE.origin_allowed(f"http://{host}", host)


@pytest.mark.parametrize(
    "host", [None, "", "evil.example:8042", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8042.evil"]
)
def test_a_foreign_name_for_this_computer_is_not(host: str | None) -> None:
    assert not HERE.host_allowed(host)
    assert not HERE.origin_allowed(f"http://{host}", host)


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "https://127.0.0.1:8042", "http://127.0.0.1:80"]
)
@pytest.mark.parametrize("access", [HERE, OPEN])
def test_a_page_from_elsewhere_is_not(origin: str | None, access: Access) -> None:
    assert not access.origin_allowed(origin, "127.0.0.1:8042")


def test_a_page_open_to_the_network_needs_the_token_in_its_url() -> None:
    assert len(OPEN.token) >= 24
    assert OPEN.url == f"http://127.0.0.1:8042/?token={OPEN.token}"
    assert OPEN.token_allowed(OPEN.token)
    for wrong in (None, "", OPEN.token[:-1], OPEN.token + "x", "é" * 24):
        assert not OPEN.token_allowed(wrong)


def test_each_server_has_a_token_of_its_own() -> None:
    assert Access.to("0.0.0.0", 8042).token != OPEN.token


def test_on_this_computer_no_token_is_needed() -> None:
    assert HERE.url == "http://127.0.0.1:8042/"
    assert HERE.token_allowed(None)
    assert Access.to("::1", 1).url == "http://[::1]:1/"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:80", "[::1]"])
def test_browsers_leave_the_port_of_http_out(host: str) -> None:
    access = Access.to("127.0.0.1", 80)
    assert access.origin_allowed(f"http://{host}", host)
    assert not access.host_allowed("evil.example")
