"""The blind panel: its picture, its key, and what comes of the answers."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pixelforge.errors import RequestError
from pixelforge.imaging.numbered import GROUND
from pixelforge.imaging.pixels import Pixels, read_sprite
from training.data.sprites import SpriteDataset
from training.evaluation.answers import Answers, Score, score_table, scores
from training.evaluation.copies import NearestPairs
from training.evaluation.making import MadeSprites
from training.evaluation.panel import COLUMNS, SCALE, PanelReals, write_panel
from training.evaluation.reals import Reals


@pytest.fixture
def reals(data: SpriteDataset) -> Reals:
    """Every fourth figure held out; one in eight sprites of a rare style."""
    figures = sorted(set(data.groups))
    held = np.isin(data.groups, figures[::4])
    styles = tuple("rare" if figures.index(group) % 8 == 0 else "usual" for group in data.groups)
    told = replace(data, styles=styles, kinds=tuple(group[0] for group in data.groups))
    return Reals(told.subset(~held), told.subset(~held), told.subset(held))


def test_the_real_half_is_of_many_figures_held_out_ones_first(reals: Reals) -> None:
    real = PanelReals.choose(reals, 14, 0)
    assert (len(real.sprites), real.held_out) == (14, 10)
    groups = real.sprites.groups
    assert len(set(groups)) == 14
    assert set(groups[:10]) == set(reals.heldout.groups)
    assert set(groups[10:]) <= set(reals.training.groups)
    assert PanelReals.choose(reals, 14, 0).sprites.groups == groups
    assert PanelReals.choose(reals, 14, 1).sprites.groups != groups
    everything = PanelReals.choose(reals, 500, 0)
    assert len(everything.sprites) == len(set(reals.training.groups + reals.heldout.groups))


def test_styles_and_their_classes_come_by_turns(reals: Reals) -> None:
    four = PanelReals.choose(reals, 4, 0).sprites
    assert Counter(four.styles) == {"rare": 2, "usual": 2}
    assert Counter(four.labels.tolist()) == {0: 2, 1: 2}


def cell(sheet: Pixels, number: int) -> Pixels:
    """The 8x8 colours of a sprite in a panel, the ground where it is transparent."""
    height, width = 8 * SCALE + 22, 8 * SCALE + 14
    top, left = number // COLUMNS * height + 4, number % COLUMNS * width + 7
    return sheet[top : top + 8 * SCALE : SCALE, left : left + 8 * SCALE : SCALE, :3]


def test_picture_and_key_tell_of_the_same_sprites(reals: Reals, tmp_path: Path) -> None:
    real = PanelReals.choose(reals, 12, 0)
    made = 255 - real.sprites.sprites
    made[..., 3] = 255
    of_model = MadeSprites(made, real.sprites, tuple(range(40, 40 + 3 * len(made), 3)))
    target = write_panel(tmp_path / "p.png", real, of_model, "toy", 7)
    key = json.loads(target.read_text())
    assert target == tmp_path / "p.key.json"
    assert Counter(entry["is"] for entry in key) == {"real": 12, "made": 12}
    assert [entry["is"] for entry in key] != ["real"] * 12 + ["made"] * 12
    sheet, places = read_sprite(tmp_path / "p.png"), {group: at for at, group in enumerate(real.sprites.groups)}
    for number, entry in enumerate(key):
        at = places[entry["file"]] if entry["is"] == "real" else (entry["seed"] - 40) // 3
        sprite = (real.sprites.sprites if entry["is"] == "real" else made)[at]
        np.testing.assert_array_equal(cell(sheet, number), np.where(sprite[..., 3:] > 0, sprite[..., :3], GROUND))
        words = (real.sprites.styles[at], real.sprites.class_names[real.sprites.labels[at]], real.sprites.kinds[at])
        assert (entry["style"], entry["class"], entry["kind"]) == words
        assert entry["label"] == " ".join(words)
        assert entry["held_out"] == (entry["is"] == "real" and at < real.held_out)


KEY = [
    {"file": "a", "is": "real", "style": "x", "class": "m"},
    {"file": "b", "is": "made", "style": "x", "class": "m"},
    {"file": "c", "is": "made", "style": "y", "class": "m"},
    {"file": "d", "is": "real", "style": "y", "class": "m"},
]


def written(folder: Path, **lists: object) -> dict[str, Path]:
    for name, content in lists.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    return {name: folder / f"{name}.json" for name in lists}


def test_answers_are_counted_in_all_and_by_style(tmp_path: Path) -> None:
    files = written(tmp_path, key=KEY, said=["real", "real", "made", "made"], names=["cat", "?", " dog", " "])
    found = scores(Answers.read(files["key"], files["said"], files["names"]))
    assert found[0] == Score(
        name="all", sprites=4, right=2, real=2, made=2, taken_for_real=1, real_named=1, made_named=1
    )
    assert [(score.name, score.right, score.taken_for_real, score.real_named) for score in found[1:]] == [
        ("x", 1, 1, 1),
        ("y", 1, 0, 0),
    ]
    assert "| all | 4 | 2 of 4 (50%) | 1 of 2 (50%) | 1 of 2 (50%) | 1 of 2 (50%) |" in score_table(found)


def test_names_may_be_left_out_and_keys_may_tell_no_more_than_what_is_real(tmp_path: Path) -> None:
    bare = [{"file": entry["file"], "is": entry["is"]} for entry in KEY]
    files = written(tmp_path, key=bare, said=["real", "made", "made", "real"])
    (all_of_them,) = scores(Answers.read(files["key"], files["said"], None))
    assert (all_of_them.right, all_of_them.made_named) == (4, None)
    assert score_table([all_of_them]).endswith("| 4 of 4 (100%) | 0 of 2 (0%) | - | - |")


@pytest.mark.parametrize(
    ("said", "names", "message"),
    [
        (["real"] * 3, None, r"said\.json has 3 answers for 4 sprites"),
        (["real", "made", "made", "fake"], None, r"said\.json is not the JSON list .*fake"),
        ({"0": "real"}, None, r"said\.json is not the JSON list"),
        (["real"] * 4, ["cat"], r"names\.json has 1 answer for 4 sprites"),
        (["real"] * 4, [1, 2, 3, 4], r"names\.json is not the JSON list"),
    ],
)
def test_answers_that_do_not_fit_are_refused_by_name(tmp_path: Path, said: object, names: object, message: str) -> None:
    files = written(tmp_path, key=KEY, said=said, names=names)
    with pytest.raises(RequestError, match=message):
        Answers.read(files["key"], files["said"], files["names"] if names else None)


def test_a_key_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"none\.json cannot be read"):
        Answers.read(tmp_path / "none.json", tmp_path / "none.json", None)


def test_the_nearest_pairs_stand_in_order_each_drawn_figure_once(data: SpriteDataset) -> None:
    made = data.sprites[[9, 4, 30, 4]].copy()
    made[1, 0, 0] = 255 - made[1, 0, 0]
    pairs = NearestPairs.of(made, data, 3)
    np.testing.assert_allclose(pairs.distances[:2], 0, atol=1e-3)
    assert len(pairs.made) == 3  # the fourth is the figure of the second
    assert {sprite.tobytes() for sprite in pairs.drawn} == {data.sprites[at].tobytes() for at in (9, 4, 30)}
    picture = pairs.picture()
    np.testing.assert_array_equal(picture[4 : 4 + 48 : 6, 7 : 7 + 48 : 6][..., 3], 255)
