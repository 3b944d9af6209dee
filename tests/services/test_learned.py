"""Actions that a model learnt stand beside those by rule."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pixelforge.core.frame_model import FrameModel
from pixelforge.errors import CheckpointError, RequestError
from pixelforge.imaging.actions import ACTIONS, act
from pixelforge.services import learned, model_library
from pixelforge.services.acting import acting
from pixelforge.services.learned import actions, do
from pixelforge.services.model_library import list_models
from pixelforge.services.sprites import Made
from tests.frames_model import write_frames_model
from tests.made import made


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only models that there are."""
    monkeypatch.setattr(model_library, "user_models_folder", lambda: tmp_path)
    monkeypatch.setattr(model_library, "bundled_models_folder", lambda: tmp_path / "none")
    return tmp_path


def test_there_are_the_rules_and_what_models_learnt(models: Path) -> None:
    assert list(actions()) == list(ACTIONS)
    write_frames_model(models / "a.safetensors", "idle")
    write_frames_model(models / "b.safetensors", "bob")  # a rule's name stays the rule's
    (models / "c.safetensors").write_bytes(b"broken")
    assert list(actions()) == [*ACTIONS, "idle"]
    assert all(help and not help.endswith(".") for help in actions().values())
    assert [entry.name for entry in list_models()] == ["c"]  # a model of frames is none of sprites


def test_a_learnt_action_has_two_frames_in_the_sprites_colours(models: Path) -> None:
    write_frames_model(models / "a.safetensors")
    sprite = made(1)
    acted = acting(sprite, "idle", pace=2)
    assert acted.frames is not None
    assert (acted.frames.action, acted.frames.durations) == ("idle", (200, 200))
    np.testing.assert_array_equal(acted.pixels, sprite.pixels)
    assert (acted.pictures[1] != sprite.pixels).any()
    assert do(sprite.pixels, "hop").durations == act(sprite.pixels, "hop").durations


def test_a_model_that_is_written_anew_is_read_anew(models: Path) -> None:
    path = write_frames_model(models / "a.safetensors")
    do(made(1).pixels, "idle")
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises((CheckpointError, RequestError)):
        do(made(1).pixels, "idle")


def test_what_cannot_be_done_is_told(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RequestError, match="no action 'idle'; there are bob"):
        do(made(1).pixels, "idle")
    path = write_frames_model(models / "a.safetensors")
    with pytest.raises(RequestError, match="transparent all over"):
        do(np.zeros((16, 16, 4), np.uint8), "idle")
    with pytest.raises(RequestError, match="up to 64 pixels a side"):
        do(np.full((65, 8, 4), 255, np.uint8), "idle")
    monkeypatch.setattr(learned.FrameModel, "next_frame", lambda _, picture, action: picture)
    with pytest.raises(RequestError, match="Nothing of it moves"):
        do(made(1).pixels, "idle")
    monkeypatch.setattr(learned, "learnt", lambda: {"idle": path.with_name("gone.safetensors")})
    with pytest.raises(CheckpointError, match="does not exist"):
        do(made(1).pixels, "idle")


def test_who_walks_steps_with_both_feet_and_looks_as_it_was_made_to(models: Path) -> None:
    path = write_frames_model(models / "a.safetensors", "walk_down", "walk_left", "walk_left_2", "walk_up")
    known = list(actions())[len(ACTIONS) :]
    assert known == ["walk", "walk_down", "walk_left", "walk_right", "walk_up"]
    sprite, model = made(1), FrameModel(path)
    picture, mirrored = sprite.pixels, np.ascontiguousarray(sprite.pixels[:, ::-1])
    for name, first, second in (
        ("walk_down", model.next_frame(picture, "walk_down"), model.next_frame(mirrored, "walk_down")[:, ::-1]),
        ("walk_left", model.next_frame(picture, "walk_left"), model.next_frame(picture, "walk_left_2")),
        ("walk_right", *(model.next_frame(mirrored, one)[:, ::-1] for one in ("walk_left", "walk_left_2"))),
    ):
        frames = do(picture, name)
        assert (frames.action, frames.durations) == (name, (150,) * 4)
        for shown, expected in zip(frames.pictures, (picture, first, picture, second), strict=True):
            np.testing.assert_array_equal(shown, expected)
    assert isinstance(sprite.origin, Made)
    request = sprite.origin.recipe.request
    for facing, name in (("right", "walk_right"), (None, "walk_down"), ("away", "walk_down")):
        asked = replace(request, conditions=(replace(request.conditions[0], facing=facing),))
        looking = replace(sprite, origin=replace(sprite.origin, recipe=replace(sprite.origin.recipe, request=asked)))
        walk = acting(looking, "walk").frames
        assert walk is not None
        assert walk.action == "walk"
        for shown, expected in zip(walk.pictures, do(picture, name).pictures, strict=True):
            np.testing.assert_array_equal(shown, expected)


def test_half_a_walk_is_none(models: Path) -> None:
    write_frames_model(models / "a.safetensors", "walk_left", "jump")
    assert list(actions()) == [*ACTIONS, "walk_left", "jump"]
    with pytest.raises(RequestError, match="no action 'walk'"):
        do(made(1).pixels, "walk")


def test_ones_own_model_stands_before_the_bundled_one(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled = models / "bundled"
    bundled.mkdir()
    monkeypatch.setattr(model_library, "bundled_models_folder", lambda: bundled)
    path = write_frames_model(bundled / "a.safetensors")
    assert learned.learnt() == {"idle": path}
    own = write_frames_model(models / "z.safetensors")
    assert learned.learnt() == {"idle": own}


def test_the_bundled_ones_idle_and_walk_in_the_sprites_own_colours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_library, "user_models_folder", lambda: tmp_path)
    bundled = {"idle": 2, "walk": 4, "walk_down": 4, "walk_left": 4, "walk_right": 4, "walk_up": 4}
    assert set(actions()) == {*ACTIONS, *bundled}
    picture = np.zeros((16, 16, 4), np.uint8)  # a head, a body, two legs
    picture[3:8, 5:11], picture[8:12, 6:10], picture[12:15, [6, 9]] = (
        (*colour, 255) for colour in ((230, 180, 140), (60, 90, 200), (40, 40, 60))
    )
    for name, count in bundled.items():
        frames = do(picture, name).pictures
        assert len(frames) == count
        for frame in frames:
            assert {tuple(ink) for ink in frame.reshape(-1, 4)} <= {tuple(ink) for ink in picture.reshape(-1, 4)}
        assert (frames[1] != picture).any()
        assert (frames[1] == picture).all(axis=2).mean() > 0.6  # the figure is still there
