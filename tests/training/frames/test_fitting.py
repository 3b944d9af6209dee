"""A model of frames: its batches, its loss in closed form, a little run, its figures, and the commands."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from pixelforge.core.copying import OFFSETS, sources
from pixelforge.core.frame_model import FrameModel
from pixelforge.errors import RequestError
from tests.conftest import RunCommand
from tests.training.frames.conftest import MOVES, SIDE, figures, write_pack, write_walks
from training.data.pairs import FramePairs, read_pairs
from training.frames.batches import NO_COLOUR, FrameBatch, endless_batches, unchanged
from training.frames.figures import figures_of_guess, frame_figures
from training.frames.fitting import fit, save_frames_model
from training.frames.loss import copy_loss
from training.frames.request import FramesRequest

DOWN = OFFSETS.index((-1, 0))


@pytest.fixture
def pairs(pack: Path) -> FramePairs:
    return read_pairs(pack, SIDE)


def test_no_change_of_a_batch_changes_how_its_frames_follow_each_other(pairs: FramePairs) -> None:
    batches = endless_batches(pairs, 16, seed=1)
    places, rows = set(), set()
    for batch in (next(batches) for _ in range(4)):
        for indices, target, row in zip(batch.indices.numpy(), batch.target.numpy(), batch.rows, strict=True):
            expected = sources(indices)[DOWN if row == 0 else OFFSETS.index((1, 0))]
            np.testing.assert_array_equal(target, expected)
            places.add(tuple(np.argwhere(indices)[0]))
        assert batch.x.shape == (16, 4, SIDE, SIDE)
        assert ((batch.x[:, 3] > 0) == (batch.indices > 0)).all()
        rows |= set(batch.rows.tolist())
    assert len(places) > 6
    assert rows == {0, 1}
    again = next(endless_batches(pairs, 16, seed=1))
    assert torch.equal(again.x, next(endless_batches(pairs, 16, seed=1)).x)


def test_colours_change_and_stay_apart(pairs: FramePairs) -> None:
    known = {tuple(colour) for pair in unchanged(pairs).palettes.tolist() for colour in pair}
    batches, new = endless_batches(pairs, 16, seed=1), 0
    for batch in (next(batches) for _ in range(4)):
        for palette in batch.palettes.tolist():
            present = [tuple(colour) for colour in palette if colour[3] > 0]
            assert len(set(present)) == len(present)
            new += not known.intersection(present)
    assert 24 < new < 60  # three quarters of 64 are changed, one in six exchanges of channels is none


def test_a_colour_that_the_first_frame_lacks_is_no_target(pairs: FramePairs) -> None:
    second = pairs.second.copy()
    second[0, 4, 4] = (1, 2, 3, 255)
    batch = unchanged(replace(pairs, second=second))
    assert batch.target[0, 4, 4] == NO_COLOUR
    assert (batch.target == NO_COLOUR).sum() == 1


def test_the_loss_is_that_of_all_right_sources_together() -> None:
    """A pixel whose colour two neighbours and a paint have: -log of the three probabilities' sum."""
    indices = torch.tensor([[[1, 1, 0], [0, 2, 0], [0, 0, 0]]])
    target = torch.full((1, 3, 3), NO_COLOUR)
    target[0, 1, 1] = 1
    logits = torch.zeros(1, 9 + 1 + 2, 3, 3)
    around = torch.from_numpy(sources(indices.numpy()))
    batch = FrameBatch(torch.empty(0), torch.empty(0), torch.empty(0), indices, around, target)
    assert float(copy_loss(logits, batch)) == pytest.approx(-math.log(3 / 12))
    target[0, 1, 1] = 0  # six neighbours and the paint are transparent
    assert float(copy_loss(logits, batch)) == pytest.approx(-math.log(7 / 12))
    logits.requires_grad_()
    copy_loss(logits, batch).backward()
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()
    assert (logits.grad[..., 0, 0] == 0).all()  # a pixel whose colour no source has tells nothing


def test_a_little_run_learns_and_its_file_makes_frames(pairs: FramePairs, tmp_path: Path) -> None:
    request = FramesRequest(steps=60, batch=8, learning_rate=1e-2, dropout=0, holdout=0)
    weights: dict[str, Tensor] = {}
    losses = [step.loss for step in fit(pairs, request, weights)]
    assert len(losses) == 60
    assert sum(losses[-10:]) < sum(losses[:10]) / 2
    path = tmp_path / "idle.safetensors"
    save_frames_model(path, request, pairs, weights)
    model = FrameModel(path)
    assert model.header.class_names == ("idle",)
    learnt, shift, *rules = frame_figures(model, "idle", pairs, pairs)
    assert learnt.right > 0.8
    assert (shift.name, shift.right, shift.right_of_all, shift.exact) == ("best shift: down", 1, 1, 1)
    assert {rule.name for rule in rules} >= {"rule bob", "rule turn"}


def test_figures_count_pixels_and_frames(pairs: FramePairs) -> None:
    stay = figures_of_guess("stays", lambda picture: picture, pairs)
    opaque, good = pairs.second[..., 3] > 0, (pairs.first == pairs.second).all(axis=-1)
    assert stay.right == pytest.approx(good[opaque].mean())
    assert stay.right_of_all == pytest.approx(good[opaque | (pairs.first[..., 3] > 0)].mean())
    assert stay.exact == 0


def test_requests_out_of_range_are_told() -> None:
    for field, value in {"steps": 0, "batch": 1, "holdout": 1.0, "learning_rate": float("nan")}.items():
        with pytest.raises(RequestError):
            FramesRequest(**{field: value})


def test_the_commands_train_and_judge_on_figures_held_out(command: RunCommand, tmp_path: Path) -> None:
    large = [tuple(np.pad(frame, ((4, 4), (4, 4), (0, 0))) for frame in pair) for pair in figures(6)]
    data, out = write_pack(tmp_path / "data", large), tmp_path / "idle.safetensors"
    train = ("frames", "train", data, "--out", out, "--steps", 2, "--batch", 2, "--holdout", 0.5)
    code, _, said = command(*train)
    assert (code, "4 pairs of frames, 2 held out" in said) == (0, True)
    code, table, _ = command("frames", "evaluate", out, "--data", data, "--holdout", 0.5)
    lines = table.splitlines()
    assert (code, lines[0]) == (0, "idle: 2 pairs of 2 figures that it never saw")
    assert lines[4].startswith("| best shift: down | 100.0% | 100.0% | 100.0% |")
    assert lines[3].startswith("| learnt idle |")
    code, _, said = command(*train)
    assert (code != 0, "there already" in said) == (True, True)
    code, _, said = command("frames", "evaluate", out, "--data", data, "--holdout", 0)
    assert (code != 0, "Nothing was held out" in said) == (True, True)
    code, _, said = command("frames", "train", tmp_path, "--out", tmp_path / "other.safetensors")
    assert (code != 0, "has no labels.csv" in said) == (True, True)


def test_a_walk_is_learnt_and_judged_by_its_facings(command: RunCommand, tmp_path: Path) -> None:
    data, out = write_walks(tmp_path / "data", 6), tmp_path / "walk.safetensors"
    code, _, said = command("frames", "train", data, "--action", "walk", "--out", out, "--steps", 2, "--holdout", 0.5)
    assert (code, "24 pairs of frames, 12 held out" in said) == (0, True)
    assert FrameModel(out).header.class_names == ("walk_down", "walk_left", "walk_left_2", "walk_up")
    code, table, _ = command("frames", "evaluate", out, "--data", data, "--holdout", 0.5)
    told = [line for line in table.splitlines() if line.endswith("that it never saw")]
    assert code == 0
    assert told == [
        "walk_down: 4 pairs of 2 figures that it never saw",
        "walk_left: 4 pairs of 2 figures that it never saw",
        "walk_left_2: 4 pairs of 2 figures that it never saw",
    ]


def test_a_figure_that_looks_aside_is_never_mirrored_to_the_other_side(tmp_path: Path) -> None:
    """Its pairs are shifts to one side: mirrored, they were shifts to the other."""
    pairs = read_pairs(write_walks(tmp_path, 6), action="walk")
    batches = endless_batches(pairs, 16, seed=1)
    for batch in (next(batches) for _ in range(4)):
        for indices, target, row in zip(batch.indices.numpy(), batch.target.numpy(), batch.rows.tolist(), strict=True):
            if row < 4:
                down, across = MOVES[pairs.names[row]]
                np.testing.assert_array_equal(target, np.roll(indices, (down, across), (0, 1)))
    assert set(pairs.rows.tolist()) == {0, 1, 2}
