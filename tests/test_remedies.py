"""Errors say what is wrong; what helps is a fact that every face words for itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pixelforge import console
from pixelforge.errors import OutputError, PixelForgeError, Remedy

ROOT = Path(__file__).parents[1]
THE_COMMAND_LINES_OWN = ("pixelforge/cli", "training/commands", "pixelforge/console.py", "pixelforge/options.py")
FLAG = re.compile(r"(?<![\w-])--[a-z]")
ARGUMENT = re.compile(r"--[a-z-]+")  # alone: what another process is started with, or an option's name at its field


def spoken(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of the strings of a module that are no docstrings; x stands for what is put into one."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    seen = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):  # a string of parts comes before its parts
        if isinstance(node, ast.JoinedStr) and id(node) not in seen:
            seen |= {id(part) for part in node.values}
            yield (
                node.lineno,
                "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in seen:
            yield node.lineno, node.value


def names_a_flag(text: str) -> bool:
    return bool(FLAG.search(text)) and not ARGUMENT.fullmatch(text)


def below_the_command_line() -> list[Path]:
    paths = [path for package in ("pixelforge", "training") for path in (ROOT / package).rglob("*.py")]
    return [path for path in paths if not path.relative_to(ROOT).as_posix().startswith(THE_COMMAND_LINES_OWN)]


def test_no_message_below_the_command_line_names_its_flags() -> None:
    modules = below_the_command_line()
    assert len(modules) > 100
    naming = [
        f"{path.relative_to(ROOT)}:{line}: {text!r}"
        for path in modules
        for line, text in spoken(path)
        if names_a_flag(text)
    ]
    assert naming == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('raise E("give --force")', True),
        ('raise E(f"--{name} is for sheets")', True),
        ('run("--force")', False),
        ('"""See --force."""', False),
        ('say("a -- b")', False),
    ],
)
def test_what_is_taken_for_a_flag(tmp_path: Path, source: str, found: bool) -> None:
    (tmp_path / "module.py").write_text(source)
    assert any(names_a_flag(text) for _, text in spoken(tmp_path / "module.py")) is found


def test_the_command_line_has_words_for_everything_that_helps() -> None:
    assert console.REMEDIES.keys() == set(Remedy)


def test_a_message_ends_with_what_helps() -> None:
    error = OutputError("a.png is there already.", Remedy.REPLACE, Remedy.OTHER_FOLDER)
    assert str(error) == "a.png is there already."
    assert error.told({Remedy.REPLACE: "press Replace"}) == "a.png is there already: press Replace."
    words = {Remedy.OTHER_FOLDER: "move it", Remedy.REPLACE: "press Replace"}
    assert error.told(words) == "a.png is there already: press Replace, or move it."
    assert error.told({}) == str(error)


@pytest.mark.parametrize("remedies", [(), (Remedy.RESUME,), (Remedy.REPLACE, Remedy.OTHER_FOLDER)])
@pytest.mark.parametrize("text", ["No.", "[a] is no b [c]", "[resume]", "a []", "it is [resume] [", ""])
def test_an_error_comes_back_from_the_line_of_another_process(text: str, remedies: tuple[Remedy, ...]) -> None:
    told = PixelForgeError.from_line(PixelForgeError(text, *remedies).to_line())
    assert (str(told), told.remedies) == (text, remedies)
