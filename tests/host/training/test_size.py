"""A network that cannot learn on the Uno is refused, with the bytes that it is too large by."""

import pytest

from fixprop.budget.estimate import memory
from fixprop.budget.mode import Mode
from fixprop.errors import FixpropError
from fixprop.network import Topology
from fixprop.training.size import check_size


def topology(hidden: int) -> Topology:
    return Topology((4, hidden, 3), ("tanh", "softmax"))


def sram_left(hidden: int, mode: Mode = Mode.TRAIN) -> int:
    return memory(topology(hidden), mode).sram_left


def test_the_largest_that_fits_passes_and_the_next_does_not() -> None:
    largest = max(h for h in range(1, 250) if sram_left(h) >= 0)
    check_size(topology(largest), False)
    excess = -sram_left(largest + 1)
    assert 0 < excess <= 3 * (4 + 1 + 3) + 2 + 4  # weights, output and delta of one neuron
    with pytest.raises(FixpropError, match=rf"4-{largest + 1}-3 .* {excess} bytes too large"):
        check_size(topology(largest + 1), False)


def test_momentum_takes_more() -> None:
    most = max(h for h in range(1, 250) if sram_left(h) >= 0)
    assert sram_left(most, Mode.MOMENTUM) < 0
    with pytest.raises(FixpropError, match="too large to learn in the Uno's 2,048 bytes of SRAM"):
        check_size(topology(most), True)


def test_the_line_says_whether_it_fits_with_its_weights_in_flash() -> None:
    with pytest.raises(FixpropError, match="; it fits with its weights in flash"):
        check_size(topology(150), False)
    for large in (Topology((200, 100, 3), ("tanh", "softmax")), topology(254)):
        with pytest.raises(FixpropError, match="; nor does it fit with its weights in flash"):
            check_size(large, False)


def test_a_wide_layer_may_lack_sram_though_the_flash_would_do() -> None:
    flash = memory(topology(254), Mode.FLASH)
    assert flash.sram_left < 0 < flash.flash_left
