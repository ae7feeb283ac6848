# SPDX-License-Identifier: Apache-2.0
"""A settings struct as options: what is said is what is set, what is not said keeps its default."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import pytest
from cyclopts import App, CycloptsError

from open63110.apps.demo import Demo
from open63110.apps.simulate import Simulation
from open63110.cli.settings import add_settings
from open63110.kernel.errors import Malformed


class Taste(StrEnum):
    SWEET = "very-sweet"
    SOUR = "sour"


class Cake(msgspec.Struct, frozen=True, kw_only=True):
    """What to bake."""

    shape: str
    """Round, as a rule."""
    layers: int = 3
    tastes: tuple[Taste, ...] = (Taste.SWEET,)
    recipe: Path | None = None
    iced: bool = False
    minutes: float | None = None


def baked(*words: str) -> tuple[Cake, bool]:
    found: list[tuple[Cake, bool]] = []

    def bake(cake: Cake, as_json: bool) -> int:
        found.append((cake, as_json))
        return 0

    app = App(name="bake")
    add_settings(app, Cake, bake, "Bake.", {"minutes": "--for"})
    app(words, exit_on_error=False, print_error=False, result_action="return_value")
    return found[0]


def test_what_is_not_said_keeps_its_default() -> None:
    assert baked("round") == (Cake(shape="round"), False)
    assert baked("--shape", "round") == (Cake(shape="round"), False)


def test_what_is_said_is_set() -> None:
    cake, as_json = baked(
        *(
            "square",
            "--layers",
            "5",
            "--tastes",
            "sour",
            "--tastes",
            "very-sweet",
            "--recipe",
            "r.txt",
            "--iced",
            "--for",
            "1.5",
            "--json",
        )
    )
    assert as_json
    assert cake == Cake(shape="square", layers=5, tastes=(Taste.SOUR, Taste.SWEET), recipe=Path("r.txt"), iced=True, minutes=1.5)


@pytest.mark.parametrize(
    "words", [(), ("round", "--layers", "many"), ("round", "--tastes", "bitter"), ("round", "--minutes", "1")]
)
def test_what_cannot_be_set_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(CycloptsError):
        baked(*words)


@pytest.mark.parametrize("kind", [Simulation, Demo])
def test_every_setting_of_simulation_and_demo_is_an_option(kind: type[msgspec.Struct]) -> None:
    app = App(name="x", help_format="plaintext")
    add_settings(app, kind, lambda *_: 0, "X.")
    names = {argument.name for argument in app.assemble_argument_collection()}
    assert {f"--{field.name.replace('_', '-')}" for field in msgspec.structs.fields(kind)} <= names


def test_a_value_that_the_struct_refuses_is_told() -> None:
    class Strict(msgspec.Struct, kw_only=True):
        n: Annotated[int, msgspec.Meta(gt=0)] = 1

    app = App()
    add_settings(app, Strict, lambda *_: 0, "X.")
    with pytest.raises(Malformed, match="`int` >= 1"):
        app(["--n", "0"], exit_on_error=False, result_action="return_value")
