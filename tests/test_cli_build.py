"""`pixelforge build`: what is missing or changed is made and nothing else, alike to the byte wherever it is built."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from pixelforge import console
from pixelforge.imaging.pixels import read_sprite
from pixelforge.imaging.png import write_png
from pixelforge.services.project.building import TURN_FILE
from pixelforge.services.project.places import begin_own_folder
from tests.conftest import RunCommand
from tests.pointer import write_pointer_model

GAME = """
[defaults]
model = "tiny.safetensors"
seed = 5

[sets.pets]
class = ["cats", "dogs"]
count = 6
names = ["Tom", "Rex"]
format = ["godot", "unity", "aseprite-file"]

[sets.herd]
list = "herd.csv"
out = "art/herd"
palette = "pico-8"

[sets.own]
pictures = ["heroes", "boss.png"]
extrude = 1
reduce = 4

[sets.everything]
sets = ["pets", "own"]
class-rows = true
out = "art/everything.png"
"""
Contents = dict[str, bytes]


@pytest.fixture
def build(command: RunCommand) -> RunCommand:
    return lambda *arguments: command("build", *arguments, "--device", "cpu")


@pytest.fixture
def new_game(tmp_path: Path, model: Path) -> Callable[[str], Path]:
    """A game's folder with its project file, list, pictures and model."""

    def made(name: str) -> Path:
        game = tmp_path / name
        (game / "heroes").mkdir(parents=True)
        shutil.copy(model, game / "tiny.safetensors")
        (game / "pixelforge.toml").write_text(GAME)
        (game / "herd.csv").write_text("class,count,name\ncats,2,Cow\ndogs,,Dog\n")
        for number, path in enumerate(("heroes/b.png", "heroes/A.png", "boss.png")):
            write_png(game / path, np.full((8, 8, 4), (40 * number, 90, 20 * number, 255), np.uint8))
        return game

    return made


@pytest.fixture
def game(new_game: Callable[[str], Path]) -> Path:
    return new_game("game")


def contents(game: Path) -> Contents:
    """All files but what is only kept for later builds."""
    files = (path for path in game.rglob("*") if path.is_file() and ".pixelforge" not in path.parts)
    return {path.relative_to(game).as_posix(): path.read_bytes() for path in files}


def changed(before: Contents, game: Path) -> set[str]:
    after = contents(game)
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def test_two_clean_builds_are_the_same_to_the_byte(build: RunCommand, new_game: Callable[[str], Path]) -> None:
    one, two = new_game("one"), new_game("another place")
    for game in (one, two):
        code, out, err = build(game)
        assert (code, out) == (0, "")
        assert "4 sets made (pets, herd, own, everything): 9 sprites drawn" in err
    assert contents(one) == contents(two)
    made = {"pets.png", "pets.tres", "pets.png.meta", "pets.aseprite", "own.png", "art/everything.png"}
    assert made | {"art/herd/Cow_1.png", "art/herd/Dog.png"} < contents(one).keys()


def test_a_build_is_what_generate_and_sheet_make(build: RunCommand, command: RunCommand, game: Path, tmp_path) -> None:
    text = '[defaults]\nmodel = "tiny.safetensors"\n[sets.cats]\nclass = "cats"\ncount = 3\npadding = 1\nseed = 2\n'
    (game / "pixelforge.toml").write_text(text)
    build(game)
    cats = ("--class", "cats", "--count", 3, "--padding", 1, "--seed", 2, "--model", game / "tiny.safetensors")
    command("generate", *cats, "--device", "cpu", "--out", tmp_path / "cats.png")
    assert (game / "cats.png").read_bytes() == (tmp_path / "cats.png").read_bytes()


def test_nothing_is_made_again(build: RunCommand, game: Path) -> None:
    build(game)
    before = {path: path.stat().st_mtime_ns for path in game.rglob("*")}
    code, _, err = build(game)
    assert (code, err) == (0, "4 sets, nothing to make.\n")
    assert build(game / "pixelforge.toml", "--check") == (0, "", err)
    assert {path: path.stat().st_mtime_ns for path in game.rglob("*")} == before


def test_only_what_changed_is_drawn_and_written(build: RunCommand, game: Path) -> None:
    build(game)
    before = contents(game)
    (game / "herd.csv").write_text("class,count,name\ncats,2,Cow\ndogs,,Dog\ncats,,Kit\n")
    assert build(game, "--check") == (1, "herd: changed\n", "")
    assert changed(before, game) == {"herd.csv"}
    code, _, err = build(game)
    assert (code, err) == (0, "1 set made (herd): 1 sprite drawn, 1 file written.\n")
    assert changed(before, game) == {"herd.csv", "art/herd/Kit.png", "pixelforge.lock"}


def test_another_layout_draws_nothing(build: RunCommand, game: Path) -> None:
    build(game)
    (game / "pixelforge.toml").write_text(GAME.replace("class-rows = true", "padding = 2"))
    assert build(game)[2] == "1 set made (everything): 0 sprites drawn, 1 file written.\n"


def test_without_what_is_kept_an_unchanged_project_is_still_up_to_date(build: RunCommand, game: Path) -> None:
    build(game)
    before = contents(game)
    shutil.rmtree(game / ".pixelforge")
    assert build(game, "--check")[0] == 0
    (game / "pets.png").unlink()
    assert build(game, "--check") == (1, "pets: pets.png is missing\n", "")
    assert "6 sprites drawn, 1 file written" in build(game)[2]
    assert changed(before, game) == set()


def test_a_damaged_sprite_in_the_cache_is_drawn_again(build: RunCommand, game: Path) -> None:
    build(game)
    before = contents(game)
    for number, path in enumerate(sorted((game / ".pixelforge").rglob("*.png"))):
        path.write_bytes(path.read_bytes()[: 20 * number])
    (game / "pixelforge.lock").write_text("{")
    code, _, err = build(game)
    assert (code, "pixelforge.lock cannot be read, so that nothing counts as made" in err) == (0, True)
    assert "9 sprites drawn" in err
    assert changed(before, game) == set()


def test_files_of_somebody_else_are_replaced_only_by_force(build: RunCommand, game: Path) -> None:
    (game / "pets.png").write_bytes(b"drawn by hand")
    before = contents(game)
    code, _, err = build(game)
    assert (code, "pets.png is there already: give --force" in err) == (1, True)
    assert changed(before, game) == set()
    assert build(game, "--force")[0] == 0
    (game / "own.png").write_bytes(b"mended")
    assert build(game, "--check") == (1, "own: own.png is not as it was built\n", "")
    assert build(game)[0] == 1
    assert (game / "own.png").read_bytes() == b"mended"


def test_a_unity_meta_is_kept_whatever_the_engine_makes_of_it(build: RunCommand, game: Path) -> None:
    build(game)
    (game / "pets.png.meta").write_text("as Unity wrote it")
    assert build(game, "--check")[0] == 0
    (game / "pets.png").unlink()
    assert build(game)[0] == 0
    assert (game / "pets.png.meta").read_text() == "as Unity wrote it"
    assert build(game, "--check")[0] == 0
    (game / "pets.png.meta").unlink()
    assert build(game, "--check")[1] == "pets: pets.png.meta is missing\n"


def test_an_error_leaves_everything_as_it_was(build: RunCommand, game: Path) -> None:
    build(game)
    text = GAME.replace("count = 6", "count = 8").replace("reduce = 4", "reduce = 5")
    (game / "pixelforge.toml").write_text(text)
    (game / "boss.png").write_bytes(b"no picture")
    before = contents(game)
    code, _, err = build(game)
    assert (code, "[sets.own]: boss.png" in err) == (1, True)
    assert changed(before, game) == set()


def test_what_belongs_to_no_set_any_more_is_told_and_left(build: RunCommand, game: Path) -> None:
    build(game)
    (game / "herd.csv").write_text("class,count,name\ncats,2,Cow\n")
    _, _, err = build(game)
    assert "art/herd/Dog.png belongs to no set any more" in err
    assert (game / "art" / "herd" / "Dog.png").exists()


def test_another_model_of_the_name_makes_all_again(build: RunCommand, game: Path, tmp_path: Path) -> None:
    build(game)
    write_pointer_model(game / "tiny.safetensors")
    assert build(game, "--check")[1] == "pets: changed\nherd: changed\neverything: changed\n"


def test_words_palette_and_scheme_reach_the_model(build: RunCommand, game: Path) -> None:
    write_pointer_model(game / "words.safetensors")
    (game / "two.hex").write_text("ff0000\n00ff00\n")
    (game / "pixelforge.toml").write_text(
        '[defaults]\nmodel = "words.safetensors"\npalette = "two.hex"\n'
        '[sets.lions]\nkind = "red lion"\nsize = "small"\ncount = 2\n'
        '[sets.one]\nkind = "wolf"\nscheme = "#00ff00"\n'
    )
    assert build(game)[0] == 0
    lions, one = read_sprite(game / "lions.png"), read_sprite(game / "one.png")
    assert {tuple(colour) for colour in lions[lions[..., 3] > 0][:, :3].tolist()} <= {(255, 0, 0), (0, 255, 0)}
    assert {tuple(colour) for colour in one[one[..., 3] > 0][:, :3].tolist()} <= {(0, 255, 0)}
    (game / "two.hex").write_text("ff0000\n0000ff\n")
    assert build(game, "--check")[1] == "lions: changed\none: changed\n"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'class = ["cats", "dogs"]',
            'class = "cat"',
            "[sets.pets]: The model knows no class 'cat'; the nearest is cats",
        ),
        ('class = ["cats", "dogs"]', 'kind = "wyvern"', "[sets.pets]: The model knows no 'wyvern'"),
        ('class = ["cats", "dogs"]', "", "[sets.pets]: it names no class and no kind; tiny makes cats, dogs, a/b"),
        ('class = ["cats", "dogs"]', 'class = "cats"\nstyle = "ink"', "[sets.pets]: The model knows no styles"),
        ('class = ["cats", "dogs"]', 'class = "cats"\nscheme = "whole"', "leave scheme out"),
        ('names = ["Tom", "Rex"]', 'names = ["Tom", "tom"]', "[sets.pets]: There is another tom already"),
        ('names = ["Tom", "Rex"]', "steps = 2000", "[sets.pets]: Steps must be 1 to 1000, not 2000"),
        ('names = ["Tom", "Rex"]', 'sampler = "euler"', "[sets.pets]: There is no sampler 'euler'"),
        ("count = 6", "count = 1", "[sets.pets]: it has 2 names for 1 sprites"),
        ("count = 6", "count = 20000", "[sets.pets]: it has more than 10,000 sprites"),
        ("count = 6", "count = 0", "[sets.pets]: "),
        ("seed = 5", "seed = 4294967296", "Seed must be 0 to"),
        ('"tiny.safetensors"', '"big.safetensors"', "[sets.pets]: "),
        ('"tiny.safetensors"', '"nobody"', "[sets.pets]: There is no model 'nobody'; there are pixelforge16"),
        ('"herd.csv"', '"flock.csv"', "[sets.herd]: "),
        ('"pico-8"', '"pico-9"', "[sets.herd]: There is no palette 'pico-9'"),
        ('"boss.png"', '"bass.png"', "[sets.own]: "),
        ('"heroes"', '"art"', "the set herd writes art/herd"),
        ("reduce = 4", 'palette = "model"', "[sets.own]: there is no model here"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_made(build: RunCommand, game: Path, old: str, new: str, told: str) -> None:
    assert GAME.count(old) == 1
    (game / "pixelforge.toml").write_text(GAME.replace(old, new))
    before = contents(game)
    code, out, err = build(game)
    assert (code in (1, 2), out) == (True, "")
    assert told in err
    assert changed(before, game) == set()


def test_a_wrong_list_is_told_line_by_line(build: RunCommand, game: Path) -> None:
    (game / "herd.csv").write_text("class,name\ncats,Cow\ncat,Dog\n")
    code, _, err = build(game)
    assert code == 2
    assert "[sets.herd]: herd.csv cannot be made as it is. Line 3: The model knows no class 'cat'" in err


def test_sets_of_sets_cannot_grow_without_end(build: RunCommand, game: Path) -> None:
    text = '[defaults]\nmodel = "tiny.safetensors"\n[sets.a0]\nclass = "cats"\n[sets.b0]\nclass = "dogs"\n'
    for at in range(40):
        text += "".join(f'[sets.{half}{at + 1}]\nsets = ["a{at}", "b{at}"]\n' for half in "ab")
    (game / "pixelforge.toml").write_text(text)
    code, _, err = build(game)
    assert (code, "it has more than 10,000 sprites" in err) == (2, True)


def test_a_build_waits_for_another_and_makes_nothing_again(
    build: RunCommand, game: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one ends as soon as it is waited for."""
    shutil.copytree(game, game.with_name("other"))
    other = game.with_name("other")
    assert build(other)[0] == 0
    held = FileLock(begin_own_folder(game) / TURN_FILE)
    held.acquire()

    def ends(text: str) -> None:
        said.append(text)
        if held.is_locked:
            for path in other.rglob("*"):
                if path.is_file() and path.name != TURN_FILE:
                    (game / path.relative_to(other)).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, game / path.relative_to(other))
            held.release()

    said: list[str] = []
    monkeypatch.setattr(console, "report", ends)
    assert build(game)[0] == 0
    assert said == ["Another build of the project is going on.", "4 sets, nothing to make."]
