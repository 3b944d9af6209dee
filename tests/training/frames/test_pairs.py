"""Pairs of frames out of a labels.csv, and which of them are held out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pixelforge.errors import DatasetError
from tests.training.frames.conftest import MOVES, SIDE, figures, write_pack, write_walks
from training.data.pairs import read_pairs, split_pairs


def test_pairs_are_what_the_labels_say(pack: Path) -> None:
    pairs = read_pairs(pack, SIDE)
    assert len(pairs) == 12
    assert pairs.groups[3] == "pack/beast_3"
    assert set(pairs.styles) == {"ink"}
    for (first, second), one, other in zip(figures(12), pairs.first, pairs.second, strict=True):
        np.testing.assert_array_equal(one, first)
        np.testing.assert_array_equal(other, second)


def test_what_is_no_pair_is_passed_over(tmp_path: Path) -> None:
    (still, _), (first, second), whole = figures(3)
    more = [
        "pack,beasts/beast_9_f0.png,beast_9,ink,idle,1",  # without a second
        "pack,beasts/beast_1_f1.png,other,ink,idle2,1",  # the same picture as another figure's
        "pack,beasts/beast_2_f1.png,beast_2,ink,idle2,0",  # refused; the earlier line counts
        "pack,,beast_8,ink,idle,1",
    ]
    pairs = read_pairs(write_pack(tmp_path / "data", [(still, still), (first, second), whole], more), SIDE)
    assert pairs.groups == ("pack/beast_1", "pack/beast_2")


def test_figures_are_held_out_whole_and_the_same_ones_every_time(pack: Path) -> None:
    pairs = read_pairs(pack, SIDE)
    known, unseen = split_pairs(pairs, 0.3, 5)
    assert (len(known), len(unseen)) == (9, 3)
    assert not set(known.groups) & set(unseen.groups)
    assert split_pairs(pairs, 0.3, 5)[1].groups == unseen.groups
    assert {split_pairs(pairs, 0.3, seed)[1].groups for seed in range(6)} != {unseen.groups}
    assert len(split_pairs(pairs, 0, 5)[1]) == 0


def test_what_cannot_be_used_is_told_with_its_file(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"has no labels\.csv"):
        read_pairs(tmp_path)
    labels = tmp_path / "labels.csv"
    for content, words in (
        ("file,class\na.png,b\n", "no column 'frame'"),
        ("file,frame\na.png,walk1\n", "no two frames 'idle' and 'idle2', 16 x 16"),
        ("file,frame\na_f0.png,idle\na_f1.png,idle2\n", "a_f0.png"),
        ("file,frame\n../a_f0.png,idle\n../a_f1.png,idle2\n", "leads out of the folder"),
    ):
        labels.write_text(content)
        with pytest.raises(DatasetError, match=words) as caught:
            read_pairs(tmp_path)
        assert str(tmp_path) in str(caught.value)


def test_a_walk_has_its_steps_by_facing_those_to_the_right_as_mirrored_ones_to_the_left(tmp_path: Path) -> None:
    pairs = read_pairs(write_walks(tmp_path, 2), action="walk")
    assert pairs.names == ("walk_down", "walk_left", "walk_left_2", "walk_up")
    assert np.bincount(pairs.rows, minlength=4).tolist() == [4, 4, 4, 0]
    assert pairs.groups == ("beast_0",) * 6 + ("beast_1",) * 6
    for first, second, row in zip(pairs.first, pairs.second, pairs.rows.tolist(), strict=True):
        np.testing.assert_array_equal(second, np.roll(first, MOVES[pairs.names[row]], (0, 1)))
    with pytest.raises(DatasetError, match="no two frames 'walk1' and 'walk2' or 'walk1' and 'walk4', 64 x 64"):
        read_pairs(tmp_path, 64, "walk")
