"""Asking for classes, kinds, style, colour and size with the mouse and with the keyboard alone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from pixelforge.core.condition import WHOLE, Condition
from pixelforge.core.header import read_header
from pixelforge.gui import app
from pixelforge.gui.generating.picture_list import PictureList
from pixelforge.gui.shared.system_dialogs import SystemDialogs
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.used_colours import UsedColour
from pixelforge.services.asking import Ask
from pixelforge.services.groups import GROUPS
from pixelforge.services.icon_drawing import make_icons
from pixelforge.services.model_library import ModelEntry
from tests.gui.using import click, finish, pick, recipes
from tests.pointer import write_pointer_model

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> ModelEntry:
    """With icons, which take a while; nobody changes it."""
    path = write_pointer_model(tmp_path_factory.mktemp("models") / "words.safetensors")
    list(make_icons(path, device="cpu"))
    return ModelEntry("words", path, True, read_header(path))


@pytest.fixture
def what(desktop):
    return desktop.window.controls.what


def press(qtbot, words: PictureList, name: str, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    (item,) = words.findItems(name, Qt.MatchFlag.MatchExactly)
    words.scrollToItem(item)
    qtbot.mouseClick(words.viewport(), Qt.MouseButton.LeftButton, modifier, words.visualItemRect(item).center())


def shown(words: PictureList) -> list[str]:
    return [words.item(row).text() for row in range(words.count())]


def test_the_kinds_shown_are_those_of_the_classes_chosen_and_all_have_pictures(qtbot, what) -> None:
    assert shown(what.classes) == ["any", "cats", "dogs"]
    assert shown(what.kinds) == ["any", "lion", "lynx"]
    press(qtbot, what.classes, "dogs")
    assert shown(what.kinds) == ["any", "wolf"]
    press(qtbot, what.classes, "any")
    assert shown(what.kinds) == ["any", "lion", "lynx", "wolf"]
    for words in (what.classes, what.kinds):
        assert all(words.item(row).icon().isNull() == (row == 0) for row in range(words.count()))


def test_any_mix_of_kinds_is_asked_for(qtbot, desktop, what) -> None:
    generation = desktop.studio.generation
    press(qtbot, what.classes, "dogs", CTRL)
    press(qtbot, what.kinds, "lynx")
    press(qtbot, what.kinds, "lion")
    pick(what.boxes["colour"], "red")
    assert generation.ask == Ask(classes=("cats", "dogs"), kinds=("lion", "lynx"), colour="red", facing="down")
    press(qtbot, what.kinds, "lion")  # again: without it
    assert generation.settings.request.conditions == (
        Condition(class_name="cats", kind="lynx", colour="red", facing="down"),
        Condition(class_name="dogs", colour="red", facing="down"),
    )
    press(qtbot, what.kinds, "any")
    assert generation.ask == Ask(classes=("cats", "dogs"), colour="red", facing="down")
    press(qtbot, what.classes, "any")
    pick(what.boxes["colour"], "any")
    assert generation.settings.request.conditions == (Condition(facing="down"),)


def test_the_kinds_keep_two_rows_however_much_stands_beside_them(qtbot, desktop, what) -> None:
    """Where there is too little room, the controls scroll: of a row that is cut through, nothing can be told."""
    desktop.window.controls.more.setChecked(True)
    desktop.window.resize(desktop.window.minimumSizeHint())
    QApplication.processEvents()
    assert what.kinds.viewport().height() >= 2 * what.kinds.gridSize().height()


def test_kinds_go_with_their_class(qtbot, desktop, what) -> None:
    press(qtbot, what.kinds, "lynx")
    press(qtbot, what.classes, "dogs")
    assert desktop.studio.generation.ask == Ask(classes=("dogs",), facing="down")


def test_a_word_for_several_kinds_asks_for_all_of_them(qtbot, desktop, what, monkeypatch) -> None:
    monkeypatch.setitem(GROUPS, "hunter", ("lion", "wolf"))
    what.search.setFocus()
    qtbot.keyClicks(what.search, "hun")
    assert shown(what.kinds) == ["lion", "wolf"]
    qtbot.keyClick(what.search, Qt.Key.Key_Return)
    assert desktop.studio.generation.ask == Ask(classes=("cats", "dogs"), kinds=("lion", "wolf"), facing="down")


def test_a_kind_is_found_and_made_by_six_keys(qtbot, desktop, what) -> None:
    desktop.window.stage.setFocus()
    qtbot.keyClick(desktop.window, "/")
    assert what.search.hasFocus()
    qtbot.keyClicks(what.search, "wo")
    assert shown(what.kinds) == ["wolf"]
    qtbot.keyClick(what.search, Qt.Key.Key_Return)
    assert what.search.text() == ""
    assert desktop.studio.generation.ask == Ask(classes=("dogs",), kinds=("wolf",), facing="down")
    qtbot.keyClick(what.search, Qt.Key.Key_Return)
    assert desktop.window.stage.canvas.hasFocus()  # to choose among them
    finish(qtbot, desktop)
    assert {recipe.request.conditions[0].kind for recipe in recipes(desktop)} == {"wolf"}


def test_a_click_on_what_was_found_adds_it(qtbot, desktop, what) -> None:
    press(qtbot, what.kinds, "lynx")
    qtbot.keyClicks(what.search, "wolf")
    press(qtbot, what.kinds, "wolf")
    assert desktop.studio.generation.ask == Ask(classes=("cats", "dogs"), kinds=("lynx", "wolf"), facing="down")
    qtbot.keyClick(what.search, Qt.Key.Key_Escape)
    assert what.search.text() == ""
    assert what.kinds.names() == ("lynx", "wolf")


def test_what_no_control_shows_stays_until_it_is_dropped(qtbot, desktop, what) -> None:
    generation, words = desktop.studio.generation, desktop.window.controls.words
    generation.set_conditions((Condition(class_name="cats", kind="lion", scheme=WHOLE, drawn_in=("#102030",)),))
    assert words.text().startswith("Also in 1 colour")
    assert what.kinds.names() == ("lion",)
    click(qtbot, words)
    assert generation.settings.request.conditions == (Condition(class_name="cats", kind="lion", scheme=WHOLE),)
    assert not words.isVisible()


def test_a_scheme_stays_with_what_is_asked_for_until_it_is_let_go(qtbot, desktop, what) -> None:
    generation, field = desktop.studio.generation, desktop.window.controls.scheme
    generation.set_conditions((Condition(class_name="cats", kind="lion", scheme=WHOLE),))
    assert field.strip.words == "All of its palette"
    press(qtbot, what.kinds, "lynx")
    assert {asked.scheme for asked in generation.settings.request.conditions} == {WHOLE}
    click(qtbot, field.lock)
    assert {asked.scheme for asked in generation.settings.request.conditions} == {None}


def test_sprites_are_drawn_in_a_palette_and_their_recipe_sets_it_again(qtbot, desktop) -> None:
    generation, field = desktop.studio.generation, desktop.window.controls.palette_field
    pick(field.box, "Game Boy")
    click(qtbot, desktop.window.controls.generate_button)
    finish(qtbot, desktop)
    recipe = recipes(desktop)[0]
    assert recipe.request.palette is None  # nothing was recoloured
    rule: PaletteRule = field.box.currentData()
    assert recipe.request.conditions[0].drawn_in == rule.colours
    pick(field.box, "As generated")
    desktop.studio.use_recipe(recipe)
    assert generation.settings.request.palette == PaletteRule(colours=rule.colours)
    assert field.box.currentText() == "Game Boy"


def test_what_is_asked_for_is_there_at_the_next_start(qtbot, desktop, what, places, entry) -> None:
    press(qtbot, what.kinds, "lynx")
    pick(what.boxes["size"], "large")
    desktop.window.controls.more.click()
    desktop.window.close()
    second = app.build([entry], places, SystemDialogs())
    qtbot.addWidget(second.window)
    assert second.studio.generation.ask == Ask(classes=("cats",), kinds=("lynx",), size="large", facing="down")
    assert second.window.controls.what.kinds.names() == ("lynx",)
    assert second.window.controls.more.isChecked()


def test_figures_are_shown_from_the_front_until_another_facing_is_chosen(qtbot, desktop, what) -> None:
    generation = desktop.studio.generation
    assert generation.ask.facing == what.boxes["facing"].currentData() == "down"
    pick(what.boxes["facing"], "up")
    click(qtbot, desktop.window.controls.generate_button)
    finish(qtbot, desktop)
    assert {recipe.request.conditions[0].facing for recipe in recipes(desktop)} == {"up"}


def test_a_model_of_classes_alone_shows_no_more_than_those(desktop, what, model_file) -> None:
    library = desktop.studio.generation.library
    tiny = ModelEntry("tiny", model_file, True, read_header(model_file))
    library.add(tiny)
    library.choose(tiny)
    assert shown(what.classes) == ["cats", "dogs"]
    for widget in (what.search, what.kinds, *what.boxes.values()):
        assert not widget.isVisible()


def test_a_model_that_knows_more_than_the_one_before_shows_its_usual_facing(desktop, what, model_file, entry) -> None:
    generation = desktop.studio.generation
    pick(what.boxes["facing"], "up")
    tiny = ModelEntry("tiny", model_file, True, read_header(model_file))
    generation.library.add(tiny)
    generation.library.choose(tiny)
    assert generation.ask.facing is None
    generation.library.choose(entry)
    assert generation.ask.facing == "down"
    pick(what.boxes["facing"], "any")
    generation.library.choose(entry)
    assert generation.ask.facing is None


def test_many_colours_in_use_leave_the_controls_their_width(desktop) -> None:
    controls = desktop.window.controls
    width = controls.used.minimumSizeHint().width()
    assert width <= 300
    controls.used.set_used([UsedColour((number, 0, 0), 1) for number in range(200)])
    assert controls.used.minimumSizeHint().width() <= 300
