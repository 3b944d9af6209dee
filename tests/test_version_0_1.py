"""What version 0.1 wrote opens as it did: tests/data/v0.1 holds files that it made."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from pixelforge.core.condition import Condition
from pixelforge.core.sampling import Sampling
from pixelforge.imaging.palette import PaletteRule
from pixelforge.services.history import HistoryFilter, open_history
from pixelforge.services.remaking import remake
from pixelforge.services.requests import GenerationRequest
from pixelforge.services.settings import AppSettings, GenerationSettings, load_settings, save_settings
from pixelforge.services.sprites import Sprite, read_recipes, read_sheet

MADE = Path(__file__).parent / "data" / "v0.1"
CLASSES = ["characters", "equipment", "fighters", "food", "items", "monsters"]
PALETTE = PaletteRule(name="two", colours=("#102030", "#e0d0a0", "#80c040"), dither=2)


@pytest.fixture(scope="module")
def sheet() -> tuple[Sprite, ...]:
    """Six classes by three samplers by two guidances."""
    return read_sheet(MADE / "36.png")


def test_recipes_of_a_sheet_are_read(sheet: tuple[Sprite, ...]) -> None:
    recipes = [sprite.recipe for sprite in sheet if sprite.recipe is not None]
    assert len(recipes) == 36
    assert {recipe.app_version for recipe in recipes} == {"0.1.0"}
    assert [recipe.class_name for recipe in recipes] == CLASSES * 6
    samplings = Counter(recipe.request.sampling for recipe in recipes)
    steps = {"ddpm": 40, "ddim": 20, "dpm++2m": 15}
    assert samplings == {
        Sampling(sampler=name, steps=count, guidance_scale=w): 6 for name, count in steps.items() for w in (1.0, 2.5)
    }
    assert [recipe.seed for recipe in recipes] == [100, 101, 102, 103, 104, 105] * 6


def test_a_variation_and_its_palette_are_read(sheet: tuple[Sprite, ...]) -> None:
    (recipe,) = read_recipes(MADE / "variation.png")
    start = recipe.request.start
    assert start is not None
    assert start.strength == 0.4
    np.testing.assert_array_equal(start.picture, sheet[0].pixels)
    assert recipe.request.palette == PALETTE
    (reduced,) = read_recipes(MADE / "reduced.png")
    assert reduced.request.palette == PaletteRule(reduce_to=4)


def assert_made_again(sprites: tuple[Sprite, ...]) -> None:
    for number, remade in enumerate(remake(sprites, "cpu")):
        assert remade.identical, number


def test_sprites_come_out_the_same(sheet: tuple[Sprite, ...]) -> None:
    """One of each sampler and guidance, each of another class; `pixelforge remake 36.png` takes all of them."""
    assert_made_again((*sheet[::7], *read_sheet(MADE / "variation.png"), *read_sheet(MADE / "reduced.png")))


def test_settings_are_read_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    shutil.copyfile(MADE / "settings.json", path)
    settings, notice = load_settings(path)
    assert notice == ""
    names = read_recipes(MADE / "36.png")
    request = GenerationRequest(
        conditions=(Condition(class_name=names[3].class_name), Condition(class_name=names[0].class_name)),
        sampling=Sampling(sampler="ddim", steps=33, guidance_scale=3.25),
        count=25,
        seed=4711,
        palette=PALETTE,
    )
    assert settings == AppSettings(
        theme="dark",
        background="#203040",
        pixel_grid=True,
        history_cap=500,
        model="dawnlike16",
        generation=GenerationSettings(request=request, seed_locked=True),
        window="AAAA",
        tray_columns=4,
        tray_padding=2,
        save_folder="/somewhere",
    )
    save_settings(path, settings)
    assert load_settings(path) == (settings, "")


def test_the_history_is_migrated_once_and_a_copy_kept(tmp_path: Path) -> None:
    path, copy = tmp_path / "history.sqlite", tmp_path / "history-format-1.sqlite"
    shutil.copyfile(MADE / "history.sqlite", path)
    for _ in range(2):
        history, notice = open_history(path, 20_000)
        assert notice == ""
        history.delete(history.ids(HistoryFilter())[:1])
        history.close()
    assert sorted(tmp_path.glob("*.sqlite")) == [copy, path]
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("PRAGMA user_version").fetchone() == (1,)
        assert kept.execute("SELECT count(*) FROM sprites").fetchone() == (9,)


def test_the_history_is_read(tmp_path: Path, sheet: tuple[Sprite, ...]) -> None:
    path = tmp_path / "history.sqlite"
    shutil.copyfile(MADE / "history.sqlite", path)
    history, notice = open_history(path, 20_000)
    assert notice == ""
    try:
        ids = history.ids(HistoryFilter())
        entries = history.entries(ids)
        assert len(entries) == len(ids) == 9
        assert [entry.starred for entry in reversed(entries)] == [False, True, *[False] * 7]
        for entry, sprite in zip(reversed(entries), sheet[:6], strict=False):
            np.testing.assert_array_equal(entry.sprite.pixels, sprite.pixels)
            assert entry.sprite.recipe == sprite.recipe
        assert [entry.sprite.class_name for entry in reversed(entries)][:6] == CLASSES
    finally:
        history.close()
