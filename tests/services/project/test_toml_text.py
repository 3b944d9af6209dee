"""A changed value leaves every other letter of the file as it was; what comes of it is read by tomllib."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pixelforge.errors import RequestError
from pixelforge.services.project.toml_text import TableText

TEXT = '''# The game's sprites. [sets.monsters] stands below.
[defaults]   # of all
seed = 3

[sets.monsters]  # they bite
class = "monsters" # a comment of its own
names = [ # all of "them"
    "a#b", # ] is no end
    'c]',
]
note = """two lines, a # and "quotes"
[sets.heroes] is none"""""
  count=4

# what follows is theirs
[sets."old heroes"]
kind = 'knight'
'''
MONSTERS, HEROES = ("sets", "monsters"), ("sets", "old heroes")


def changed(before: str, after: str) -> list[tuple[str, str]]:
    """The lines that differ."""
    return [pair for pair in zip(before.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]]


def test_a_value_changes_and_its_comment_stays() -> None:
    after = TableText(TEXT, MONSTERS).with_value("class", "bats").text
    assert changed(TEXT, after) == [
        ('class = "monsters" # a comment of its own', 'class = "bats" # a comment of its own')
    ]
    assert changed(TEXT, TableText(TEXT, MONSTERS).with_value("count", 5).text) == [("  count=4", "  count=5")]


def test_a_list_of_several_lines_is_replaced_whole() -> None:
    after = TableText(TEXT, MONSTERS).with_value("names", ("x", 'y "z"\\')).text
    assert after == TEXT[: TEXT.index("[ # all")] + '["x", "y \\"z\\"\\\\"]' + TEXT[TEXT.index("\nnote") :]
    assert tomllib.loads(after)["sets"]["monsters"]["names"] == ["x", 'y "z"\\']


def test_a_new_key_stands_below_the_last_of_its_table() -> None:
    after = TableText(TEXT, MONSTERS).with_value("scale", 2).text
    assert after == TEXT.replace("  count=4\n", "  count=4\nscale = 2\n")
    assert TableText(TEXT.rstrip(), HEROES).with_value("count", 2).text == TEXT + "count = 2\n"


def test_what_is_left_out_stays_as_a_comment() -> None:
    after = TableText(TEXT, MONSTERS).without("note").text
    assert '# note = """two lines, a # and "quotes"\n# [sets.heroes] is none"""""\n' in after
    assert "note" not in tomllib.loads(after)["sets"]["monsters"]
    assert TableText(TEXT, MONSTERS).without("seed").text == TEXT


def test_a_table_takes_another_name() -> None:
    told = TableText(TEXT, MONSTERS).renamed("big bats")
    assert changed(TEXT, told.text) == [("[sets.monsters]  # they bite", '[sets."big bats"]  # they bite')]
    assert tomllib.loads(told.with_value("count", 9).text)["sets"]["big bats"]["count"] == 9
    assert TableText(TEXT, HEROES).renamed("heroes").text == TEXT.replace('"old heroes"', "heroes")


def test_line_ends_of_windows_stay() -> None:
    text = TEXT.replace("\n", "\r\n")
    after = TableText(text, MONSTERS).with_value("scale", 2).with_value("names", tuple("x" * 20 for _ in range(9))).text
    assert "\n" not in after.replace("\r\n", "")
    assert tomllib.loads(after)["sets"]["monsters"]["names"] == ["x" * 20] * 9
    assert TableText(text, HEROES).with_value("kind", "bat").text == text.replace("'knight'", '"bat"')


@pytest.mark.parametrize("text", ["sets.monsters.count = 4\n", "[sets]\nmonsters = { count = 4 }\n"])
def test_a_table_without_a_header_is_told(text: str) -> None:
    with pytest.raises(RequestError, match=r"no line \[sets\.monsters\] with the keys below"):
        TableText(text, MONSTERS)


@given(
    some.dictionaries(
        some.text(some.characters(exclude_categories=["Cs"]), min_size=1),
        some.one_of(
            some.booleans(),
            some.integers(-(2**63), 2**63 - 1),
            some.floats(allow_nan=False, allow_infinity=False),
            some.text(some.characters(exclude_categories=["Cs"])),
            some.lists(some.text(some.characters(exclude_categories=["Cs"]))).map(tuple),
        ),
    )
)
def test_whatever_is_written_is_read_again(values: dict) -> None:
    told = TableText(TEXT, MONSTERS)
    for key, value in values.items():
        told = told.with_value(key, value)
    read = tomllib.loads(told.text)
    before = tomllib.loads(TEXT)
    expected = {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
    assert read["sets"]["monsters"] == before["sets"]["monsters"] | expected
    assert (read["defaults"], read["sets"]["old heroes"]) == (before["defaults"], before["sets"]["old heroes"])
