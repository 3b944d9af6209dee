from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pixelforge.core.condition import ClassVocabulary
from pixelforge.errors import DatasetError
from pixelforge.imaging.pixels import resize_nearest
from tests.training.conftest import COLOURS, blob, write_sprite
from training.data.sprites import SpriteDataset, conditions_of, find_kinds, load_sprites, shared_colours, split_holdout


def test_a_folder_of_class_folders(data: SpriteDataset) -> None:
    assert data.class_names == ("beasts", "tools")
    assert data.counts() == {"beasts": 48, "tools": 16}
    assert data.sprites.shape == (64, 8, 8, 4)
    assert data.warnings == ()


def test_pictures_are_kept_to_the_pixel(folder: Path, data: SpriteDataset) -> None:
    first = np.asarray(Image.open(folder / "beasts" / "beast_00_f0.png"))
    np.testing.assert_array_equal(data.sprites[0], first)


def test_a_flat_folder_is_one_class_and_says_so(tmp_path: Path) -> None:
    write_sprite(tmp_path / "hats" / "a.png", blob(np.random.default_rng(0)))
    data = load_sprites(tmp_path / "hats", 8)
    assert data.class_names == ("hats",)
    assert "one class only" in data.warnings[0]


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 30])
def test_a_broken_picture_is_left_out_by_name(folder: Path, content: bytes) -> None:
    (folder / "tools" / "broken.png").write_bytes(content)
    data = load_sprites(folder, 8)
    assert len(data) == 64
    assert len(data.warnings) == 1
    assert "broken.png" in data.warnings[0]


def test_a_truncated_picture_is_left_out_by_name(folder: Path) -> None:
    whole = (folder / "tools" / "tool_00.png").read_bytes()
    (folder / "tools" / "cut.png").write_bytes(whole[: len(whole) * 2 // 3])
    assert "cut.png" in load_sprites(folder, 8).warnings[0]


def test_an_exact_blow_up_is_brought_back_and_said(folder: Path) -> None:
    sprite = blob(np.random.default_rng(5))
    write_sprite(folder / "tools" / "zz_big.png", sprite.repeat(4, axis=0).repeat(4, axis=1))
    data = load_sprites(folder, 8)
    assert data.warnings == ("Brought back: 1 pictures were exact blow-ups of smaller ones.",)
    np.testing.assert_array_equal(data.sprites[-1], sprite)


def test_another_size_is_resized_and_said(folder: Path) -> None:
    sprite = np.zeros((12, 12, 4), np.uint8)
    sprite[np.arange(12), np.arange(12)] = (*COLOURS[0], 255)
    write_sprite(folder / "tools" / "zz_other.png", sprite)
    data = load_sprites(folder, 8)
    assert "zz_other.png is 12 x 12; trained at 8 x 8" in data.warnings[0]
    np.testing.assert_array_equal(data.sprites[-1], resize_nearest(sprite, 8))


@pytest.mark.parametrize("make", [lambda p: None, lambda p: p.mkdir(), lambda p: (p / "empty").mkdir(parents=True)])
def test_nothing_to_train_on_is_an_error_that_names_the_folder(tmp_path: Path, make) -> None:
    make(tmp_path / "mine")
    with pytest.raises(DatasetError, match="mine"):
        load_sprites(tmp_path / "mine", 8)


def test_soft_alpha_becomes_hard_and_hidden_colour_constant(tmp_path: Path) -> None:
    pixels = np.full((8, 8, 4), 200, np.uint8)
    pixels[:4, :, 3] = 100
    write_sprite(tmp_path / "a" / "soft.png", pixels)
    sprite = load_sprites(tmp_path, 8).sprites[0]
    assert (sprite[:4] == 0).all()
    assert (sprite[4:] == [200, 200, 200, 255]).all()


def test_held_out_animations_stay_together(data: SpriteDataset) -> None:
    training, heldout = split_holdout(data, 0.25, seed=3)
    assert len(training) + len(heldout) == len(data)
    assert not set(training.groups) & set(heldout.groups)
    assert heldout.counts() == {"beasts": 12, "tools": 4}


def test_the_split_depends_on_the_seed_alone(data: SpriteDataset) -> None:
    assert split_holdout(data, 0.2, 1)[1].groups == split_holdout(data, 0.2, 1)[1].groups
    assert split_holdout(data, 0.2, 1)[1].groups != split_holdout(data, 0.2, 2)[1].groups


def test_no_class_is_held_out_whole(data: SpriteDataset) -> None:
    training, _ = split_holdout(data, 0.99, 0)
    assert all(count > 0 for count in training.counts().values())


def test_palette_is_in_order_of_use_and_leaves_transparent_out() -> None:
    sprites = np.zeros((1, 8, 8, 4), np.uint8)
    sprites[0, :2] = [*COLOURS[1], 255]
    sprites[0, 2:3] = [*COLOURS[3], 255]
    assert shared_colours(sprites) == (tuple(COLOURS[1]), tuple(COLOURS[3]))


def test_more_than_64_colours_are_no_palette() -> None:
    sprites = np.full((1, 8, 9, 4), 255, np.uint8)
    sprites[0, ..., 0] = np.arange(72).reshape(8, 9)
    assert shared_colours(sprites) == ()
    assert len(shared_colours(sprites[:, :, :8])) == 64


def test_kinds_are_told_by_the_first_words_of_the_names(tmp_path) -> None:
    rng = np.random.default_rng(0)
    for name, count in (("Dog_r1c", 12), ("cat-", 20), ("owl", 11), ("_7_", 3)):
        for number in range(count):
            write_sprite(tmp_path / "beasts" / f"{name}{number}.png", blob(rng))
    for number in range(30):
        write_sprite(tmp_path / "tools" / f"axe {number}.png", blob(rng))
    data = load_sprites(tmp_path, 8)
    kinds = find_kinds(data)
    assert [(kind.name, kind.label) for kind in kinds] == [("cat", 0), ("dog", 0)]  # owls are few, axes are alone
    assert [kind.share for kind in kinds] == pytest.approx([20 / 46, 12 / 46])
    conditions = conditions_of(data, ClassVocabulary(data.class_names, kinds))
    expected = {("beasts", "cat"): 20, ("beasts", "dog"): 12, ("beasts", None): 14, ("tools", None): 30}
    assert Counter((condition.class_name, condition.kind) for condition in conditions) == expected
    for condition, group in zip(conditions, data.groups, strict=True):
        assert (condition.kind == "cat") == group.startswith("beasts/cat")


def test_the_fingerprint_sees_pixels_labels_and_names(data: SpriteDataset) -> None:
    changed = data.sprites.copy()
    changed[0, 0, 0] ^= 1
    others = [
        SpriteDataset(changed, data.labels, data.class_names, data.groups),
        SpriteDataset(data.sprites, data.labels[::-1].copy(), data.class_names, data.groups),
        SpriteDataset(data.sprites, data.labels, ("x", "tools"), data.groups),
    ]
    assert len({each.fingerprint() for each in (data, *others)}) == 4


def test_what_version_01_saw_and_held_out_is_seen_and_held_out_still() -> None:
    old = Path(__file__).parents[2] / "data" / "v0.1"
    data = load_sprites(old / "sprites", 8)
    assert data.fingerprint() == json.loads((old / "run" / "config.json").read_text())["fingerprint"]
    held_by_it = "6aed405945037030fd246c6563fcebba294249eebad05af14aaa28024dff72ab"
    assert split_holdout(data, 0.1, 3)[1].fingerprint() == held_by_it


def test_kinds_and_styles_go_with_their_sprites(data: SpriteDataset) -> None:
    kinds = tuple(str(number) for number in range(len(data)))
    styled = replace(data, kinds=kinds, styles=kinds[::-1])
    part = styled.subset(np.arange(len(data)) % 7 == 2)
    assert part.kinds == kinds[2::7]
    assert part.styles == kinds[::-1][2::7]
    assert set(data.kinds) == {"beast", "tool"}
    assert set(data.styles) == {""}
    assert len({data.fingerprint(), styled.fingerprint(), replace(data, kinds=kinds).fingerprint()}) == 3
