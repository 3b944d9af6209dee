"""What the window changed of a set stands in its project file afterwards, and a build makes just that."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pixelforge.errors import OutputError, PixelForgeError, RequestError
from pixelforge.imaging.frames import Frames
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.png import write_png
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services.export import ExportOptions
from pixelforge.services.exporting import Export
from pixelforge.services.project.keeping import SetNow, keep_set
from pixelforge.services.project.opening import OpenedProject, OpenedSet, build_set, looks_of, open_project
from pixelforge.services.requests import make_request
from pixelforge.services.sprites import Drawn, Sprite, made_sprites, read_sheet
from tests.made import made
from tests.pointer import write_pointer_model

GAME = """# A game.
[defaults]
model = "tiny.safetensors"   # ours

[sets.pets]      # they are kind
class = "cats"   # or dogs?
count = 4
format = ["godot"]

[sets.rocks]
pictures = ["stone", "boss.png"]

[sets.all] # together
sets = ["pets", "rocks"]
"""


@pytest.fixture
def game(tmp_path: Path) -> Path:
    folder = tmp_path / "game"
    (folder / "stone").mkdir(parents=True)
    write_pointer_model(folder / "tiny.safetensors", side=16)
    for number, path in enumerate(("stone/a.png", "stone/b.png", "boss.png"), 1):
        write_png(folder / path, np.full((16, 16, 4), (40 * number, 90, 20, 255), np.uint8))
    (folder / "pixelforge.toml").write_text(GAME)
    return folder


def opened(game: Path) -> OpenedProject:
    """The project, with sprites for all that is to be drawn; a model is not asked."""
    (found,) = open_project(game)
    for batch in found.batches:
        pixels = np.stack([made(seed).pixels for seed in range(batch.request.count)])
        found.keep(batch, made_sprites(batch.request, pixels, batch.model.name, batch.model.sha256))
    return found


def set_of(game: Path, name: str) -> OpenedSet:
    return opened(game).sets()[name]


def keep(game: Path, one: OpenedSet, **changes) -> OpenedSet:
    """Keep a set with some of it changed; what it is when the project is opened again."""
    now = replace(SetNow(was=one.name, seen=one.seen, name=one.name, sprites=one.sprites, export=one.export), **changes)
    (kept,) = keep_set(game / "pixelforge.toml", now)
    again = next(iter(open_project(game))).sets()[kept.name]
    assert (again.seen, again.lacks) == (kept.seen, 0)
    assert looks_of(again.sprites)[: len(now.sprites)] == [
        (left[0] or right[0], right[1])
        for left, right in zip(looks_of(again.sprites), looks_of(now.sprites), strict=True)
    ]
    return again


def lines(game: Path) -> list[str]:
    return (game / "pixelforge.toml").read_text().splitlines()


def changed(game: Path) -> list[str]:
    """The lines of the file that were not in it before."""
    assert all(line.partition("#")[2] in "\n".join(lines(game)) for line in GAME.splitlines() if "#" in line)
    return [line for line in lines(game) if line not in GAME.splitlines()]


def test_what_is_the_same_is_not_written(game: Path) -> None:
    before = (game / "pixelforge.toml").stat().st_mtime_ns
    for name in ("pets", "rocks", "all"):
        keep(game, set_of(game, name))
    assert (game / "pixelforge.toml").stat().st_mtime_ns == before


def test_a_mark_at_the_beginning_of_the_file_stays(game: Path) -> None:
    file = game / "pixelforge.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GAME.encode())
    one = set_of(game, "pets")
    keep(game, one, sprites=(replace(one.sprites[0], name="Rex"), *one.sprites[1:]))
    assert file.read_bytes().startswith(b"\xef\xbb\xbf# A game.")
    assert b'names = ["Rex"]' in file.read_bytes()


def test_names_are_written_up_to_the_last(game: Path) -> None:
    one = set_of(game, "pets")
    sprites = (one.sprites[0], replace(one.sprites[1], name="Rex"), *one.sprites[2:])
    again = keep(game, one, sprites=sprites)
    assert changed(game) == ['names = ["cats_000", "Rex"]']
    assert [sprite.name for sprite in again.sprites] == ["cats_000", "Rex", "", ""]
    rocks = set_of(game, "rocks")
    keep(game, rocks, sprites=(replace(rocks.sprites[0], name="Peter"), *rocks.sprites[1:]))
    assert changed(game) == ['names = ["cats_000", "Rex"]', 'names = ["Peter"]']


def test_the_last_ones_taken_out_are_a_smaller_count(game: Path) -> None:
    one = set_of(game, "pets")
    fewer = keep(game, one, sprites=one.sprites[:2])
    assert changed(game) == ["count = 2"]
    keep(game, fewer, sprites=one.sprites[:3])
    assert changed(game) == ["count = 3"]


def test_fewer_of_several_classes_are_not_the_first_of_more(game: Path) -> None:
    (game / "pixelforge.toml").write_text(GAME.replace('class = "cats"', 'class = ["cats", "dogs"]'))
    one = set_of(game, "pets")
    keep(game, one, sprites=one.sprites[:2])
    assert "# count = 4" in lines(game)


def test_another_order_becomes_pictures_and_what_asked_for_them_a_comment(game: Path) -> None:
    one = set_of(game, "pets")
    mended = Sprite(one.sprites[1].pixels[::-1].copy(), Drawn("cats", one.sprites[1].recipe))
    frames = Frames.of("hop", [(mended.pixels, 100), (one.sprites[0].pixels, 200)])
    again = keep(game, one, sprites=(one.sprites[2], one.sprites[0], mended.acting(frames), made(77, "dogs")))
    assert [line for line in lines(game) if line.startswith("# c")] == ['# class = "cats"   # or dogs?', "# count = 4"]
    assert '# class = "cats"   # or dogs?' in lines(game)
    assert "[sets.pets]      # they are kind" in lines(game)
    assert 'format = ["godot"]' in lines(game)
    assert [sprite.class_name for sprite in again.sprites] == ["cats", "cats", "cats", "dogs"]
    assert again.sprites[0].recipe == one.sprites[2].recipe
    assert again.sprites[2].frames.durations == (100, 200)
    assert again.sprites[2].made_from == one.sprites[1].recipe


def test_pictures_keep_their_files_and_none_is_overwritten(game: Path) -> None:
    one = set_of(game, "rocks")
    before = {path: path.read_bytes() for path in game.rglob("*.png")}
    keep(game, one, sprites=(one.sprites[2], made(5), one.sprites[0]))
    said = tomllib.loads((game / "pixelforge.toml").read_text())["sets"]["rocks"]["pictures"]
    assert said == ["boss.png", "pictures/rocks/cats/cats_000.png", "stone/a.png"]
    keep(game, set_of(game, "rocks"), sprites=(made(6), made(5)))
    said = tomllib.loads((game / "pixelforge.toml").read_text())["sets"]["rocks"]["pictures"]
    assert said == ["pictures/rocks/cats/cats_000_2.png", "pictures/rocks/cats/cats_000.png"]
    assert {path: path.read_bytes() for path in before} == before


def test_options_and_target_follow_the_export(game: Path) -> None:
    one = set_of(game, "pets")
    options = ExportOptions(sheet=SheetOptions(columns=2, padding=1, background=(1, 2, 3)), formats=("unity", "godot"))
    again = keep(game, one, export=Export(target=str(game / "art" / "cats.png"), options=options))
    assert again.export == Export(target=str(game / "art" / "cats.png"), options=options)
    assert changed(game) == [
        'format = ["unity", "godot"]',
        'out = "art/cats.png"',
        "columns = 2",
        "padding = 1",
        'background = "#010203"',
    ]
    single = keep(game, again, export=replace(again.export, single=True, options=ExportOptions(sheet=SheetOptions())))
    assert single.export.single
    assert single.export.folder == game / "art" / "cats"


def test_a_palette_that_every_pixelforge_has_is_told_by_its_name(game: Path) -> None:
    from pixelforge.imaging.palette import rule_of
    from pixelforge.services.palettes import find_palette

    one, rule = set_of(game, "rocks"), rule_of(find_palette("pico-8"))
    again = keep(game, one, export=replace(one.export, options=ExportOptions(palette=rule)))
    assert again.export.options.palette == rule
    again = keep(game, again, export=replace(one.export, options=ExportOptions(palette=PaletteRule(reduce_to=4))))
    assert again.export.options.palette == PaletteRule(reduce_to=4)
    strange = ExportOptions(palette=PaletteRule(name="mine", colours=("#123456",)))
    with pytest.raises(RequestError, match="palette mine is none that every PixelForge has"):
        keep(game, again, export=replace(one.export, options=strange))
    pets = set_of(game, "pets")
    with pytest.raises(RequestError, match="in a palette from the beginning"):
        keep(game, pets, export=replace(pets.export, options=replace(pets.export.options, palette=rule)))


def test_an_export_to_elsewhere_leaves_the_project_as_it_is(game: Path, tmp_path: Path) -> None:
    one = set_of(game, "pets")
    keep(game, one, export=Export(target=str(tmp_path / "try.png"), options=ExportOptions(indexed=True)))
    assert changed(game) == []


def test_a_set_is_renamed_also_where_others_are_made_of_it(game: Path) -> None:
    again = keep(game, set_of(game, "pets"), name="old cats")
    assert changed(game) == [
        '[sets."old cats"]      # they are kind',
        'out = "pets.png"',
        'sets = ["old cats", "rocks"]',
    ]
    assert again.export.sheet == game / "pets.png"


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("all", {"sprites": (made(1),)}, "lays out the sets pets, rocks once more"),
        ("pets", {"sprites": ()}, "would be empty"),
        ("pets", {"name": "rocks"}, "rocks"),
        ("pets", {"seen": "0"}, "changed in the file meanwhile"),
        ("rocks", {"export": Export(target="{game}/pets.png")}, "both write pets.png"),
    ],
)
def test_what_cannot_be_said_changes_nothing(game: Path, name: str, change: dict, told: str) -> None:
    one = set_of(game, name)
    if isinstance(change.get("export"), Export):
        change = {"export": replace(change["export"], target=str(game / "pets.png"))}
    before = {path: path.read_bytes() for path in game.rglob("*") if path.is_file()}
    with pytest.raises(PixelForgeError, match=told):
        keep(game, one, **change)
    assert {path: path.read_bytes() for path in game.rglob("*") if path.is_file()} == before


def test_what_all_share_cannot_be_taken_back_in_one_set(game: Path) -> None:
    (game / "pixelforge.toml").write_text(GAME.replace("[defaults]", "[defaults]\ncolumns = 4"))
    one = set_of(game, "rocks")
    with pytest.raises(RequestError, match=r"\[defaults\] says otherwise of columns"):
        keep(game, one, export=replace(one.export, options=ExportOptions()))


def test_a_set_that_is_kept_is_built_and_the_lock_knows(game: Path) -> None:
    one = set_of(game, "pets")
    again = keep(game, one, sprites=one.sprites[:3])
    file = game / "pixelforge.toml"
    written = list(build_set(file, "pets", again.sprites, force=False))
    assert [(path.path.name, path.replaced) for path in written] == [("pets.png", False), ("pets.tres", False)]
    assert len(read_sheet(game / "pets.png")) == 3
    assert [path.replaced for path in build_set(file, "pets", again.sprites, force=False)] == [True, True]
    (game / "pets.png").write_bytes(b"mended by hand")
    with pytest.raises(OutputError, match=r"pets\.png is there already"):
        list(build_set(file, "pets", again.sprites, force=False))
    list(build_set(file, "pets", again.sprites, force=True))
    assert len(read_sheet(game / "pets.png")) == 3
    with pytest.raises(RequestError, match="says something else of pets"):
        list(build_set(file, "pets", one.sprites, force=True))


def test_what_is_not_drawn_yet_is_told_by_the_batches(game: Path) -> None:
    (found,) = open_project(game / "pixelforge.toml")
    assert [(name, one.lacks, len(one.sprites)) for name, one in found.sets().items()] == [
        ("pets", 4, 0),
        ("rocks", 0, 3),
        ("all", 4, 3),
    ]
    (batch,) = found.batches
    assert batch.request == replace(
        make_request(batch.model.header, batch.request.conditions, count=4, seed=0, sampling={}),
        seeds=batch.request.seeds,
    )
    with pytest.raises(RequestError, match="not all made yet"):
        keep(game, found.sets()["pets"], sprites=(made(1),))
