"""Tables of sprites to make: what they ask for, and all that can be wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixelforge.core.condition import Condition
from pixelforge.core.normal import MAX_SEED
from pixelforge.core.sampling import Sampling
from pixelforge.errors import RequestError
from pixelforge.services.asking import Offer
from pixelforge.services.lists import MAX_SPRITES, read_list
from pixelforge.services.requests import GenerationRequest

OFFER = Offer(
    ("monsters", "items"),
    {"monsters": ("dragon", "sea-creature"), "items": ("sword",)},
    styles=("tiny",),
    colours=("red", "blue"),
    sizes=("large",),
)


@pytest.fixture
def table(tmp_path: Path):
    """Writes a table; its path."""

    def written(content: str | bytes) -> Path:
        path = tmp_path / "bestiary.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def test_a_line_asks_for_sprites_in_the_models_words(table) -> None:
    rows = ("Dragons,Tiny,red,2,70,Smaug", "sea creature,,,,,", "blue sword,,,,,", "monsters,,,,9,")
    path = table("\n".join(("Kind,style,colour,count,seed,name", *rows)))
    asked = read_list(path, OFFER, first_seed=100)
    dragon = Condition(class_name="monsters", kind="dragon", style="tiny", colour="red")
    assert asked.conditions == (
        dragon,
        dragon,
        Condition(class_name="monsters", kind="sea-creature"),
        Condition(class_name="items", kind="sword", colour="blue"),
        Condition(class_name="monsters"),
    )
    assert asked.seeds == (70, 71, 102, 103, 9)
    assert asked.names == ("Smaug_1", "Smaug_2", "sea-creature", "sword", "monsters")
    assert asked.title == "bestiary"


def test_the_request_makes_each_sprite_as_its_line_says(table) -> None:
    request = read_list(table("kind,seed\ndragon,5\nsword,5\n"), OFFER).request(Sampling())
    assert [request.seed_of(index) for index in range(2)] == [5, 5]
    assert request.alone(1) == GenerationRequest(
        conditions=(Condition(class_name="items", kind="sword"),), sampling=Sampling(), seed=5
    )


def test_no_two_sprites_have_the_same_name(table) -> None:
    rows = "dragon,,\ndragon,,\nsword,,Dragon\nsword,2,blade\ndragon,,blade_1\n"
    names = read_list(table(f"kind,count,name\n{rows}"), OFFER).names
    assert names == ("dragon_1", "dragon_2", "Dragon", "blade_2", "blade_3", "blade_1")
    assert len({name.casefold() for name in names}) == len(names)


@pytest.mark.parametrize(
    "content", [b"kind;name\r\nsword;B\xc3\xb6rk\r\n", b"\xef\xbb\xbfsep=\t\r\nkind\tname\r\nsword\tB\xc3\xb6rk"]
)
def test_spreadsheets_write_them_as_their_country_does(table, content: bytes) -> None:
    assert read_list(table(content), OFFER).names == ("Börk",)


def test_all_that_is_wrong_is_told_at_once_with_its_line(table) -> None:
    rows = [
        "kind,class,style,colour,count,seed,name",
        "dragn,,,,,,",
        "dragon,,,,,,Smaug",
        ",,,,,,",
        "dragon,,huge,,,,",
        "dragon,,,,none,,",
        "dragon,,,,,-1,",
        "dragon,,,,,,smaug",
        "dragon,,,,,,a/b",
        "dragon,items,,,,,",
        ",,,red,,7,",
        "dragon sword,,,,,,",
        '"=HYPERLINK(""x"")",,,,,,',
        f"dragon,,,,{MAX_SPRITES + 1},,",
    ]
    with pytest.raises(RequestError) as error:
        read_list(table("\n".join(rows)), Offer(**{**vars(OFFER), "sizes": ()}))
    said = str(error.value)
    assert said.startswith("bestiary.csv cannot be made as it is.")
    assert "Line 2: The model knows no 'dragn'; the nearest is dragon." in said
    assert "Line 5: The model knows no style 'huge'" in said
    assert "Line 6: Count is a whole number from 1 to 10,000, not 'none'." in said
    assert "Line 7: Seed is a whole number" in said
    assert "Line 8: smaug is the name of line 3 already." in said
    assert "Line 9: A name cannot hold" in said
    assert "Line 10: It asks for dragon and items at once" in said
    assert "Line 12: It asks for dragon and sword at once" in said
    assert "Line 13: The model knows no '=HYPERLINK" in said
    assert "Line 14: Count is" in said
    assert not any(f"Line {number}:" in said for number in (3, 4))


def test_where_too_much_is_wrong_the_rest_is_left_for_later(table) -> None:
    with pytest.raises(RequestError, match=r"Line 21: .* Below line 21 it was not read yet\.$"):
        read_list(table("kind\n" + "dragn\n" * 100), OFFER)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "bestiary.csv is empty"),
        ("kind,name\n", "has no lines below its first one"),
        ("kind,nam\ndragon,x\n", "column 'nam' in its first line; the nearest is name"),
        ("kind,kind\ndragon,dragon\n", "has the column 'kind' twice"),
        ("kind\n" + "dragon\n" * 100_000, "asks for more than 10,000 sprites"),
        ("kind,count\ndragon,9000\nsword,9000\n", "asks for more than 10,000 sprites"),
        ("kind\ndragon\n".encode("utf-16"), "is not UTF-8 text: save it as UTF-8"),
        (b"kind,name\ndragon,B\xf6rk\n", "is not UTF-8 text"),
        ('kind,name\ndragon,"open\n', "a quotation mark is not closed"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is not UTF-8 text"),
    ],
)
def test_what_is_no_list_of_sprites(table, content: str | bytes, said: str) -> None:
    with pytest.raises(RequestError) as error:
        read_list(table(content), OFFER)
    assert said in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"none\.csv cannot be read"):
        read_list(tmp_path / "none.csv", OFFER)


def test_seeds_end_somewhere(table) -> None:
    path = table("kind,count\ndragon,2\n")
    assert read_list(path, OFFER, MAX_SEED - 1).seeds == (MAX_SEED - 1, MAX_SEED)
    with pytest.raises(RequestError, match="begin lower"):
        read_list(path, OFFER, MAX_SEED)


def test_where_a_class_is_needed_a_colour_alone_is_too_little(table) -> None:
    path = table("colour\nred\n")
    with pytest.raises(RequestError, match="Line 2"):
        read_list(path, Offer(("monsters",)))
    assert read_list(path, Offer((), colours=("red",), needs_class=False)).names == ("red",)
