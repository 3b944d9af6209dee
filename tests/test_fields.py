"""What is told of a record's field: its range, its options, its checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from pixelforge.errors import RequestError
from pixelforge.fields import check, in_range, setting, setting_of, settings_of
from pixelforge.options import with_options


@dataclass(frozen=True, kw_only=True)
class Record:
    size: int = setting(16, "Size", "Side of a sprite", least=8, most=64)
    share: float = setting(0.5, "Share", "Of them all", least=0.0, most=1.0, step=0.1)
    way: str = setting("near", "Way", "Where to go", among=("near", "far"))
    told: bool = setting(True, "Told", "Whether it is told", flag="--tell")
    minutes: float | None = setting(None, "Minutes", "How long", least=0.1, shown_default="an hour")
    hidden: int = setting(3, "Hidden", "Not for the command line", flag="")
    old: Annotated[str, typer.Option(help="An option as typer has it.")] = "x"
    plain: int = 1

    def __post_init__(self) -> None:
        check(self)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"size": 7}, "Size must be 8 to 64, not 7."),
        ({"size": 1_000_000}, "Size must be 8 to 64, not 1,000,000."),
        ({"share": 1.01}, "Share must be 0 to 1, not 1.01."),
        ({"share": float("nan")}, "Share must be 0 to 1, not nan."),
        ({"way": "up"}, "There is no way 'up'; choose one of near, far."),
        ({"minutes": 0.0}, "Minutes must be 0.1 or more, not 0."),
    ],
)
def test_what_is_out_of_range_is_said(values: dict[str, Any], message: str) -> None:
    with pytest.raises(RequestError) as caught:
        Record(**values)
    assert str(caught.value) == message


def test_what_is_in_range_is_taken() -> None:
    assert list(settings_of(Record)) == ["size", "share", "way", "told", "minutes", "hidden"]
    assert Record(size=8, share=1, way="far", minutes=3.5).size == 8
    assert in_range(Record, {"size": 900, "share": -1.0, "way": "far", "minutes": 0}) == {
        "size": 64,
        "share": 0.0,
        "way": "far",
        "minutes": 0.1,
    }
    with pytest.raises(KeyError):
        setting_of(Record, "plain")


def run(otherwise: str, *arguments: str) -> tuple[Any, str]:
    app, got = typer.Typer(), []

    @app.command()
    @with_options("record", Record, otherwise=otherwise)
    def command(name: str = "n", *, record: Any) -> None:
        got.append(record)

    result = CliRunner().invoke(app, list(arguments), env={"TERM": "dumb", "COLUMNS": "200"})
    return (got[0] if got else None), result.output


def test_fields_are_options() -> None:
    assert run("")[0] == Record()
    chosen = run("", "--size", "8", "--way", "far", "--no-tell", "--minutes", "2", "--old", "y")[0]
    assert chosen == Record(size=8, way="far", told=False, minutes=2.0, old="y")
    assert run("", "--hidden", "4")[0] is None
    assert run("", "--plain", "4")[0] is None


def test_only_what_is_given() -> None:
    assert run("the model's own")[0] == {}
    assert run("the model's own", "--size", "9", "--share", "0.25")[0] == {"size": 9, "share": 0.25}


def test_help_tells_range_words_and_default() -> None:
    _, shown = run("", "--help")
    assert "8 to 64: side of a sprite." in shown
    assert "Where to go: near, far." in shown
    assert "an hour" in shown
    _, optional = run("the model's own", "--help")
    assert "default: the model's own." in optional
