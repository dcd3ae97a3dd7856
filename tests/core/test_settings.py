import argparse
import doctest
from dataclasses import dataclass
from pathlib import Path

import pytest

import core.settings
from core.errors import UsageError
from core.settings import Settings, add_arguments, given_arguments, load, save, setting


@dataclass(frozen=True)
class Example(Settings):
    epochs: int = setting(40, help="Passes over the songs.", low=1, high=1000)
    rate: float = setting(0.002, help="Step size.", low=0.0)
    device: str = setting("auto", help="Where to compute.", choices=("auto", "cpu"))
    fast: bool = setting(False, help="Take 10 % less care.")


def test_the_documented_example_is_true() -> None:
    assert doctest.testmod(core.settings).failed == 0


def test_every_setting_becomes_an_option_of_the_command_line() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser, Example)
    given = given_arguments(parser.parse_args(["--epochs", "3", "--fast"]), Example)
    assert given == {"epochs": 3, "fast": True}
    assert "10 % less" in parser.format_help()


@pytest.mark.parametrize(
    "wrong", [{"epochs": 0}, {"epochs": 1.5}, {"rate": float("nan")}, {"device": "tpu"}, {"fast": 1}]
)
def test_a_value_out_of_its_declaration_is_refused_with_its_name(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        Example(**wrong)


def test_a_saved_file_comes_back_and_a_damaged_one_gives_defaults(tmp_path: Path) -> None:
    path = tmp_path / "example.json"
    save(path, Example(epochs=7), version=1)
    assert load(path, Example) == Example(epochs=7)
    path.write_text('{"version": 9, "epochs": -3, "rate": 0.5, "colour": "red"}')
    assert load(path, Example) == Example(rate=0.5)
    path.write_text("{broken")
    assert load(path, Example) == Example()
