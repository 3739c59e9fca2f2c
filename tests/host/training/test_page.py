"""The example of docs/training.md prints what the page says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from fixprop.commands.train import train
from fixprop.toolchain import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "training.md"
EXAMPLE = re.compile(
    r'```sh\npython -c "\n(.*?)" > (\S+)\nfixprop train (.*?)\n```\n\n```text\n(.*?)```', re.DOTALL
)


def test_the_example_prints_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    [(program, table, arguments, expected)] = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    with Path(table).open("w") as file:
        subprocess.run([sys.executable, "-c", program], stdout=file, check=True)
    result = CliRunner().invoke(train, arguments.split())
    assert result.exit_code == 0, result.output
    assert _lines(result.output) == _lines(expected)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]
