"""What can be asked for, in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from pixelforge.core.condition import Condition
from pixelforge.core.header import read_header
from pixelforge.core.scheme_file import read_bank
from pixelforge.core.schemes import NO_WORD
from pixelforge.errors import CheckpointError, RequestError
from pixelforge.services.asking import Ask, Offer, ask_of, offer_of, understood
from pixelforge.services.groups import GROUPS
from pixelforge.services.model_library import list_models
from tests.pointer import BANK, write_pointer_model

OFFER = Offer(
    classes=("animals", "items"),
    kinds={"animals": ("wolf", "sea-creature", "big-cat", "skull"), "items": ("potion", "skull", "berry")},
    styles=("tiny", "ink"),
    colours=("red", "teal"),
    sizes=("tiny", "large"),
    facings=("down", "left"),
    needs_class=False,
)


def test_a_pointer_model_offers_the_kinds_that_its_bank_has_by_class_the_usual_first(tmp_path: Path) -> None:
    path = write_pointer_model(tmp_path / "model.safetensors")
    offer = offer_of(path, read_header(path))
    assert offer.classes == ("cats", "dogs")
    assert offer.kinds == {"cats": ("lion", "lynx"), "dogs": ("wolf",)}
    assert (offer.styles, offer.colours, offer.sizes) == (("dawn", "ink"), ("red", "blue"), ("small", "large"))
    assert offer.facings == ("down", "up")
    assert not offer.needs_class


def test_a_model_of_version_0_1_offers_classes_and_their_kinds() -> None:
    entry = next(entry for entry in list_models() if entry.name == "dawnlike16")
    assert entry.header is not None
    offer = offer_of(entry.path, entry.header)
    assert offer.needs_class
    assert offer.kinds["food"] == ("flesh", "food")
    assert offer.styles == offer.colours == offer.sizes == ()
    assert Ask(kinds=("potion",)).conditions(offer) == (Condition(class_name="items", kind="potion"),)
    for kinds in offer.kinds.values():
        for kind in kinds:
            (asked,) = Ask(kinds=(kind,)).conditions(offer)
            entry.header.vocabulary.rows(asked)  # it knows them all


def test_a_bank_of_before_there_were_facings_opens(tmp_path: Path) -> None:
    path = write_pointer_model(tmp_path / "model.safetensors")
    with safe_open(path, "numpy") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (it is no mapping)
        about = file.metadata()
    header = read_header(path)
    tensors["bank.words"] = np.ascontiguousarray(tensors["bank.words"][:, :5])
    save_file(tensors, path, about)
    bank = read_bank(path, header)
    assert (bank.words[:, :5] == BANK.words[:, :5]).all()
    assert (bank.words[:, 5] == NO_WORD).all()


def test_a_damaged_bank_is_told(tmp_path: Path) -> None:
    path = write_pointer_model(tmp_path / "model.safetensors")
    header = read_header(path)
    path.write_bytes(path.read_bytes().replace(b"bank.masks", b"bank.maskz"))
    with pytest.raises(CheckpointError, match=r"model\.safetensors is damaged: its bank of colour schemes"):
        offer_of(path, header)


@pytest.mark.parametrize(
    ("ask", "made"),
    [
        (Ask(), [(None, None)]),
        (Ask(classes=("items",)), [("items", None)]),
        (Ask(kinds=("wolf",)), [("animals", "wolf")]),
        (Ask(classes=("items", "animals"), kinds=("wolf",)), [("animals", "wolf"), ("items", None)]),
        (Ask(kinds=("potion", "wolf")), [("animals", "wolf"), ("items", "potion")]),
        (Ask(kinds=("skull",)), [("items", "skull")]),  # where it is the more usual
        (Ask(classes=("animals",), kinds=("skull",)), [("animals", "skull")]),
        (Ask(kinds=("unicorn",)), [(None, "unicorn")]),
    ],
)
def test_every_kind_and_every_class_without_one_is_a_condition(ask: Ask, made: list[tuple[str | None, str]]) -> None:
    conditions = ask.conditions(OFFER)
    assert [(asked.class_name, asked.kind) for asked in conditions] == made
    assert ask_of(conditions).conditions(OFFER) == conditions


def test_style_colour_and_size_are_those_of_all(tmp_path: Path) -> None:
    ask = Ask(kinds=("wolf", "potion"), style="ink", colour="red", size="large")
    conditions = ask.conditions(OFFER)
    assert all((asked.style, asked.colour, asked.size) == ("ink", "red", "large") for asked in conditions)
    mixed = ask_of([Condition(style="ink"), Condition(style="tiny", size="large")])
    assert (mixed.style, mixed.size) == (None, None)


def test_a_model_that_needs_a_class_is_never_asked_without() -> None:
    offer = Offer(("animals", "items"))
    assert Ask().conditions(offer) == (Condition(class_name="animals"),)


def test_what_is_not_known_can_be_left_out() -> None:
    ask = Ask(classes=("animals", "plants"), kinds=("wolf", "unicorn"), style="oil", colour="red", size="huge")
    assert OFFER.known(ask) == Ask(classes=("animals",), kinds=("wolf",), colour="red")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("b", ("berry", "big-cat")),
        ("cat", ("big-cat",)),
        ("sea c", ("sea-creature",)),
        ("potoin", ("potion",)),  # misspelt
        ("qqq", ()),
        (" WOLF ", ("wolf",)),
    ],
)
def test_a_search_finds_the_beginning_then_the_middle_then_what_is_spelt_alike(text: str, found: tuple[str]) -> None:
    assert OFFER.search(text)[: len(found)] == found
    assert bool(OFFER.search(text)) == bool(found)


@pytest.mark.parametrize(
    ("words", "ask"),
    [
        ("red wolf", Ask(kinds=("wolf",), colour="red")),
        ("wolves", Ask(kinds=("wolf",))),
        ("berries, Potions", Ask(kinds=("berry", "potion"))),
        ("sea creature", Ask(kinds=("sea-creature",))),
        ("large teal big-cats", Ask(kinds=("big-cat",), colour="teal", size="large")),
        ("tiny items", Ask(classes=("items",), size="tiny")),  # a size before a style of that name
        ("ink", Ask(style="ink")),
        ("wolf left", Ask(kinds=("wolf",), facing="left")),
    ],
)
def test_words_are_understood(words: str, ask: Ask) -> None:
    assert understood(words.split(), OFFER) == ask
    assert understood([words], OFFER) == ask


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("wollf", "no 'wollf'; the nearest is wolf"),
        ("red teal wolf", "one colour at a time, not for red and teal"),
        ("red sausage", "no 'sausage'; it knows animals, items"),
    ],
)
def test_what_is_not_understood_is_told(words: str, told: str) -> None:
    with pytest.raises(RequestError, match=told):
        understood(words.split(), OFFER)


def test_a_word_for_several_kinds_stands_for_those_that_the_model_knows() -> None:
    offer = replace(OFFER, kinds={"animals": ("wolf", "cat", "ghost"), "items": ("lich", "potion", "skull")})
    assert offer.groups == {"animal": ("cat", "wolf"), "undead": ("ghost", "lich")}
    assert understood(["red", "undead"], offer) == Ask(kinds=("ghost", "lich"), colour="red")
    assert understood(["lich", "undead"], offer).kinds == ("lich", "ghost")
    assert offer.search("und") == ("ghost", "lich")
    assert offer.search("animal") == ("cat", "wolf")
    assert offer.meant("und") == ("ghost", "lich")
    assert offer.meant("li") == ("lich",)
    assert offer.meant("skul") == offer.meant("skulk") == ("skull",)
    assert offer.meant("nothing like it") == ()


def test_a_word_for_one_kind_alone_is_no_group() -> None:
    offer = replace(OFFER, kinds={"animals": ("wolf", "undead"), "items": ("lich", "ghost")})
    assert "undead" not in offer.groups
    assert understood(["undead"], offer).kinds == ("undead",)
    assert "undead" not in replace(OFFER, kinds={"animals": ("lich",)}).groups
    with pytest.raises(RequestError, match="knows no 'undead'"):
        understood(["undead"], replace(OFFER, kinds={"animals": ("lich",)}))


def test_the_bundled_model_knows_kinds_of_every_group() -> None:
    (entry,) = (entry for entry in list_models() if entry.name == "pixelforge16")
    offer = offer_of(entry.path, entry.header)
    assert offer.groups == GROUPS
