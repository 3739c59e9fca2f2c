"""The virtual Uno's command line: what it does not take is one line before anything is built."""

from __future__ import annotations

import pytest

from fixprop import cli
from fixprop.errors import FixpropError
from fixprop.sim import virtual_uno

NAME = "python -m fixprop.sim.virtual_uno"


@pytest.fixture(autouse=True)
def no_board(monkeypatch: pytest.MonkeyPatch) -> None:
    def begun(*_: object, **__: object) -> None:
        raise FixpropError("it began to work")

    monkeypatch.setattr(virtual_uno, "TcpLine", begun)


def run(*arguments: str) -> int:
    return cli.run(["--tcp", "0", "--erased", *arguments], virtual_uno.virtual_uno, NAME)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seed", "-1"], "'--seed': '-1' is not a whole number from 0 to 4294967295"),
        (["--crosstalk", "nan", "3"], "'--crosstalk': 'nan' is not a finite number"),
        (["--crosstalk", "3", "128"], "'--crosstalk': 128.0 is not in the range 0<=x<=127"),
        (["--boot-baud", "0"], "'--boot-baud': 0 is not in the range 57600<=x<=2000000"),
        (["--boot-baud", "-5"], "'--boot-baud': -5 is not in the range"),
        (["--boot-baud", "38400"], "'--boot-baud': 38400 is not in the range"),
        (["--boot-baud", "2000001"], "'--boot-baud': 2000001 is not in the range"),
        (["--speed", "nan"], "'--speed': 'nan' is not a finite number"),
        (["--speed", "0"], "'--speed': 0.0 is not in the range 0.01<=x<=100"),
        (["--hex", "nosuch.hex"], "no HEX file 'nosuch.hex': without --hex"),
        (["--hex", "/dev/zero"], "'/dev/zero' is a device, not a HEX file"),
        (["--eeprom", "/dev/full"], "'/dev/full' is no ordinary file and keeps no EEPROM"),
    ],
)
def test_what_it_does_not_take_is_one_line_and_status_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("baud", ["57600", "2000000"])
def test_what_it_takes_it_begins_with(baud: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--boot-baud", baud, "--crosstalk", "0", "127", "--speed", "100") == 1
    assert capsys.readouterr().err == "fixprop: it began to work\n"
