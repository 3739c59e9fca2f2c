"""How large initial weights are: spreads that depend on a layer's size, computed as the chip does.

A weight uniform in +-a has the variance a**2 / 3. X. Glorot and Y. Bengio (2010), "Understanding the
difficulty of training deep feedforward neural networks", want 2 / (inputs + neurons); K. He et al.
(2015), "Delving deep into rectifiers", want 2 / inputs. Bias weights begin at zero in both.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt

from fixprop.formats import PASS_WEIGHT

SIX = 6 << (2 * PASS_WEIGHT.fraction)
"""6 in the format of a squared pass weight, 32 bits."""

SpreadOf = Callable[[int, int], int]


def xavier_spread(inputs: int, neurons: int) -> int:
    """sqrt(6 / (inputs + neurons)), Q4.11, rounded down."""
    return isqrt(SIX // (inputs + neurons))


def he_spread(inputs: int, _neurons: int) -> int:
    """sqrt(6 / inputs), Q4.11, rounded down."""
    return isqrt(SIX // inputs)
