"""A network that cannot learn on the Uno is refused, with the bytes that it is too large by."""

import pytest

from fixprop.errors import FixpropError
from fixprop.network import Topology
from fixprop.training.size import check_size, flash_left, sram_left


def topology(hidden: int) -> Topology:
    return Topology((4, hidden, 3), ("tanh", "softmax"))


def test_the_largest_that_fits_passes_and_the_next_does_not() -> None:
    largest = max(h for h in range(1, 250) if sram_left(topology(h), False) >= 0)
    check_size(topology(largest), False)
    excess = -sram_left(topology(largest + 1), False)
    assert 0 < excess <= 3 * (4 + 1 + 3) + 2 + 4  # weights, output and delta of one neuron
    with pytest.raises(FixpropError, match=rf"4-{largest + 1}-3 .* {excess} bytes too large"):
        check_size(topology(largest + 1), False)


def test_momentum_takes_more() -> None:
    left = [sram_left(topology(8), with_changes) for with_changes in (False, True)]
    assert left[0] - left[1] >= 3 * topology(8).weight_count


def test_the_line_says_whether_the_flash_would_do() -> None:
    with pytest.raises(FixpropError, match="it fits with its weights in flash"):
        check_size(topology(150), False)
    large = Topology((200, 100, 3), ("tanh", "softmax"))
    assert flash_left(large) < 0
    with pytest.raises(FixpropError, match="nor do its weights fit the flash"):
        check_size(large, False)
