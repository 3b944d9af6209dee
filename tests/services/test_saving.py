from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from pixelforge.errors import OutputError
from pixelforge.imaging.pixels import Pixels, read_sprite
from pixelforge.services.naming import safe_name
from pixelforge.services.recipe import KEYWORD, Recipe
from pixelforge.services.requests import GenerationRequest
from pixelforge.services.saving import SpriteWriter

REQUEST = GenerationRequest(
    class_names=("beasts", "../tools"), count=6, seed=40, guidance_scale=2.5, sampler="dpm++2m", steps=30
)


@pytest.fixture
def sprites() -> Pixels:
    sprites = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 4), np.uint8)
    sprites[..., 3] = 255
    return sprites


def write(target: Path, sprites: Pixels) -> None:
    writer = SpriteWriter(target, REQUEST, "hero", "ab" * 32)
    writer.add(0, sprites[:4])
    writer.add(4, sprites[4:])
    writer.close()


def text(path: Path) -> str:
    with Image.open(path) as image:
        image.load()
        return str(image.info[KEYWORD])


def test_a_sheet_holds_every_sprite_and_recipe(tmp_path: Path, sprites: Pixels) -> None:
    target = tmp_path / "new" / "sheet.PNG"
    write(target, sprites)
    sheet = read_sprite(target)
    assert sheet.shape == (16, 24, 4)
    np.testing.assert_array_equal(sheet[8:, :8], sprites[3])
    recipes = msgspec.json.decode(text(target), type=list[Recipe])
    assert [(recipe.seed, recipe.class_name) for recipe in recipes[2:4]] == [(42, "beasts"), (43, "../tools")]


def test_a_folder_holds_a_folder_a_class_and_nothing_outside(tmp_path: Path, sprites: Pixels) -> None:
    write(tmp_path / "out", sprites)
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert len(files) == 6
    assert all(path.parent.parent == tmp_path / "out" for path in files)
    by_seed = {msgspec.json.decode(text(path), type=Recipe).seed: read_sprite(path) for path in files}
    for i in range(6):
        np.testing.assert_array_equal(by_seed[40 + i], sprites[i])


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a\\b", "C:", "con", "NUL.txt", "x" * 300, " ", "\0", "a\nb", "*?"])
def test_any_class_name_is_a_safe_file_name(name: str, tmp_path: Path) -> None:
    safe = safe_name(name)
    (tmp_path / safe).mkdir()
    assert [path.name for path in tmp_path.iterdir()] == [safe]
    assert safe.split(".")[0].lower() not in ("con", "nul")


def test_plain_class_names_stay() -> None:
    assert safe_name("fighters v1.2_b-c") == "fighters v1.2_b-c"
    assert safe_name("Bêtes") == "Bêtes"


def test_a_target_that_cannot_be_written_is_found_out_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.png").mkdir()
    for target in ("file", "file/below", "file/sheet.png", "folder.png"):
        with pytest.raises(OutputError):
            SpriteWriter(tmp_path / target, REQUEST, "hero", "")
