"""The model file: what goes in comes out, and anything less is refused in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from fixprop.errors import FixpropError
from fixprop.model import Model, file
from tests.host.model.examples import iris_like, models


@settings(max_examples=60, deadline=None)
@given(model=models())
def test_any_model_comes_back_identical(model: Model) -> None:
    assert file.from_content(json.loads(file.text(model)), "it") == model


def test_a_file_comes_back_identical(tmp_path: Path) -> None:
    iris_like().write(tmp_path / "model.json")
    assert Model.read(tmp_path / "model.json") == iris_like()


@pytest.mark.parametrize("part", [0.0, 0.3, 0.99])
def test_a_truncated_file_is_refused(tmp_path: Path, part: float) -> None:
    path, whole = tmp_path / "model.json", file.text(iris_like()).rstrip()
    path.write_text(whole[: int(part * len(whole))])
    with pytest.raises(FixpropError, match=r"only a part of one.*fixprop train"):
        Model.read(path)


@pytest.mark.parametrize("text", [f'{{"kind": {"1" * 5000}}}', "[" * 100_000])
def test_json_that_python_does_not_take_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "model.json"
    path.write_text(text)
    with pytest.raises(FixpropError, match="is not a model file"):
        Model.read(path)


def changed(**fields: object) -> dict[str, object]:
    content: dict[str, object] = json.loads(file.text(iris_like())) | fields
    return content | {"checksum": file.checksum(content)}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([], "not a model file"),
        ({"kind": "other"}, "not a model file"),
        (json.loads(file.text(iris_like())) | {"classes": ["x", "y"]}, "altered"),
        (changed(version=0), "version 0, this host 1; make it anew: fixprop train"),
        (changed(version=2), "update this host"),
        (changed(topology=[2, 3]), "does not describe a network"),
        (changed(topology="no"), "does not describe a network"),
        (changed(weights=[[1, 2]]), "the weights are not those of 2-3-2"),
        (changed(formats={"weight": "Q3.20"}), "its integers mean something else"),
        (changed(arithmetic="00000000"), "take it over: fixprop import it -o NEW"),
    ],
)
def test_what_is_no_model_of_this_host_is_refused(content: object, words: str) -> None:
    with pytest.raises(FixpropError, match=words) as refusal:
        file.from_content(content, "it")
    assert "\n" not in str(refusal.value)


def test_a_model_of_another_arithmetic_can_be_taken_over_and_says_so() -> None:
    taken = file.from_content(changed(arithmetic="0badcafe"), "it", any_arithmetic=True)
    assert taken.provenance[file.FOREIGN] == "0badcafe"
    assert taken.weights.tolist() == iris_like().weights.tolist()


def test_a_missing_file_and_a_binary_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FixpropError, match="cannot read"):
        Model.read(tmp_path / "none.json")
    (tmp_path / "binary.json").write_bytes(bytes(range(256)))
    with pytest.raises(FixpropError, match="not a model file"):
        Model.read(tmp_path / "binary.json")
