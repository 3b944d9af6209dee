"""The whole way of somebody with a sheet of their own: cut, looked at, trained on, exported for an engine."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from tests.conftest import RunCommand
from training.data.sprites import load_sprites

SIDE, MARGIN, SPACING = 8, 3, 2
COLOURS = np.array([[20, 12, 28], [210, 69, 73], [109, 170, 44], [89, 125, 207]], np.uint8)


def write_sheet(path: Path, seed: int, columns: int = 6, rows: int = 5) -> list[np.ndarray]:
    """A sheet of sprites that are all different, on a flat ground; the sprites."""
    rng, pitch = np.random.default_rng(seed), SIDE + SPACING
    height, width = (2 * MARGIN + count * pitch - SPACING for count in (rows, columns))
    sheet = np.full((height, width, 3), (255, 0, 255), np.uint8)
    sprites = []
    for row in range(rows):
        for column in range(columns):
            sprite = np.zeros((SIDE, SIDE, 4), np.uint8)
            sprite[1:-1, 1:-1, :3] = COLOURS[rng.integers(0, 4, (SIDE - 2, SIDE - 2))]
            sprite[1:-1, 1:-1, 3] = 255
            top, left = MARGIN + row * pitch, MARGIN + column * pitch
            sheet[top + 1 : top + SIDE - 1, left + 1 : left + SIDE - 1] = sprite[1:-1, 1:-1, :3]
            sprites.append(sprite)
    Image.fromarray(sheet).save(path)
    return sprites


def test_from_a_sheet_with_margin_and_spacing_to_an_engines_file(command: RunCommand, tmp_path: Path) -> None:
    drawn = {name: write_sheet(tmp_path / f"{name}.png", seed) for seed, name in enumerate(("elves", "orcs"))}
    data = tmp_path / "mine"
    for name in drawn:
        grid = ["--tile", SIDE, "--margin", MARGIN, "--spacing", SPACING]
        code, _, said = command("dataset", "slice", tmp_path / f"{name}.png", *grid, "--class", name, "--out", data)
        assert (code, "30 sprites" in said, "no tile" in said) == (0, True, False)
    found = load_sprites(data, SIDE)
    np.testing.assert_array_equal(found.sprites, np.stack([*drawn["elves"], *drawn["orcs"]]))

    code, report, _ = command("dataset", "check", data, "--size", SIDE, "--json")
    assert code == 0
    assert json.loads(report)["classes"] == {"elves": 30, "orcs": 30}
    assert json.loads(report)["colours"] == 4

    toy = ["--size", SIDE, "--width", 8, "--batch", 8, "--from", "nothing", "--device", "cpu"]
    assert command("train", data, "--out", tmp_path / "run", "--steps", 10, *toy)[0] == 0

    model = tmp_path / "run" / "best.safetensors"
    sheet = tmp_path / "orcs16.png"
    options = ["--count", 16, "--steps", 5, "--padding", 1, "--extrude", 1, "--format", "aseprite", "--device", "cpu"]
    assert command("generate", "--model", model, "--class", "orcs", "--out", sheet, *options)[0] == 0
    with Image.open(sheet) as picture:
        pixels = np.asarray(picture)
    frames = json.loads(sheet.with_suffix(".json").read_text())["frames"]
    assert len(frames) == 16
    for frame in frames.values():
        x, y, w, h = (frame["frame"][key] for key in "xywh")
        sprite = pixels[y : y + h, x : x + w]
        assert (w, h) == (SIDE, SIDE)
        assert {tuple(c) for c in sprite[sprite[..., 3] > 0][:, :3]} <= {tuple(c) for c in COLOURS}
