"""The loop: best weights kept, patience, schedules, one order for fixed point and float64."""

import numpy as np
import pytest

from fixprop.errors import UsageError
from fixprop.network import Topology
from fixprop.training.descent import Descent
from fixprop.training.fit import Run, Settings, fit
from fixprop.training.float64 import Float64Descent
from fixprop.training.order import Deck
from fixprop.training.samples import Samples, samples_of
from fixprop.training.schedule import rate_at
from fixprop.training.split import split_of
from tests.host.training.tables import problem

TOPOLOGY = Topology((2, 4, 1), ("tanh", "linear"))


def samples(share: float = 0.25) -> Samples:
    some = problem("area")
    return samples_of(some, split_of(some, share, 1), {})


def descent(rate: float = 0.125) -> Descent:
    return Descent(TOPOLOGY, 1, rate, initial="xavier")


def test_without_options_it_is_epochs_of_a_descent() -> None:
    run, alone, given = Run(descent()), descent(), samples(0.0)
    fit([run], given, Settings(epochs=5, rate=0.125))
    for _ in range(run.best_epoch):
        alone.epoch(given.training.inputs, given.training.targets)
    assert run.best_epoch > 0
    assert np.array_equal(run.network.weights, alone.weights)


def test_the_best_weights_are_put_back() -> None:
    run, given = Run(descent(2.0)), samples()  # so large a rate goes up and down
    fit([run], given, Settings(epochs=20, rate=2.0))
    assert run.best_epoch not in (0, 20)
    assert len(run.validation) == 21
    assert run.loss(given.validation) == min(run.validation) == run.validation[run.best_epoch]


def test_patience_ends_it_after_idle_epochs() -> None:
    run = Run(descent(1.0))
    fit([run], samples(), Settings(epochs=400, rate=1.0, patience=3))
    assert len(run.validation) - 1 == run.best_epoch + 3 < 400


def test_without_validation_the_training_loss_is_watched() -> None:
    run = Run(descent())
    fit([run], samples(0.0), Settings(epochs=3))
    assert run.watched is run.training
    assert np.isnan(run.validation).all()


def test_float64_beside_it_stays_close() -> None:
    fixed = descent()
    runs = [Run(fixed), Run(Float64Descent(TOPOLOGY, fixed.weights, 0.125))]
    fit(runs, samples(), Settings(epochs=30, rate=0.125, schedule="cosine"))
    assert runs[0].training == pytest.approx(runs[1].training, rel=0.02)
    assert runs[0].training[-1] < 0.1 * runs[0].training[0]


def test_a_deck_makes_longer_epochs() -> None:
    some = problem("kind")
    given = samples_of(some, split_of(some, 0.25, 1), {0: 2.0})
    deck = Deck(some.labels[given.training.rows], {0: 2.0})
    plain, dealt = (Run(Descent(Topology((2, 3), ("softmax",)), 1, 0.1)) for _ in range(2))
    fit([plain], given, Settings(epochs=2))
    fit([dealt], given, Settings(epochs=2), deck)
    shares = [np.mean(run.outputs(given.training.inputs)[:, 0]) for run in (plain, dealt)]
    assert shares[1] > shares[0] + 0.02  # seen twice as often, the class is believed in more


def test_the_tick_comes_once_an_epoch() -> None:
    ticks: list[Run] = []
    run = Run(descent())
    fit([run], samples(), Settings(epochs=4), tick=ticks.append)
    assert ticks == [run] * 4


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        ("constant", [0.8, 0.8, 0.8, 0.8]),
        ("step", [0.8, 0.4, 0.2, 0.1]),
        ("linear", [0.8, 0.6, 0.4, 0.2]),
        ("cosine", [0.8, 0.682843, 0.4, 0.117157]),
    ],
)
def test_schedules_go_down_by_quarters(schedule: str, rates: list[float]) -> None:
    assert [rate_at(schedule, 0.8, n, 4) for n in range(4)] == pytest.approx(rates, abs=1e-6)


def test_no_schedule_ends_learning() -> None:
    assert rate_at("linear", 0.01, 999, 1000) == 2**-13
    with pytest.raises(UsageError, match="unknown schedule 'up'"):
        rate_at("up", 0.1, 0, 1)


def test_numbers_of_epochs_are_checked() -> None:
    with pytest.raises(UsageError, match="0 epochs"):
        Settings(epochs=0)
    with pytest.raises(UsageError, match="patience of 0"):
        Settings(patience=0)
