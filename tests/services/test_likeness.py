"""How alike sprites look."""

from __future__ import annotations

import numpy as np
import pytest

from pixelforge.services.history import History, HistoryFilter, open_history
from pixelforge.services.likeness import STORED, decoded, distances, encoded, features_of
from pixelforge.services.sprites import Drawn, Sprite


def drawn(colour: tuple[int, int, int], *, left: int = 2, top: int = 4, side: int = 16) -> Sprite:
    """A rectangle that is higher than wide and not in the middle."""
    pixels = np.zeros((side, side, 4), np.uint8)
    pixels[top : top + 10, left : left + 5] = (*colour, 255)
    return Sprite(pixels, Drawn("shapes"))


RED, DARK_RED, BLUE = drawn((220, 40, 40)), drawn((200, 50, 50)), drawn((40, 40, 220))
AWAY = drawn((220, 40, 40), left=10, top=0)


def far(one: Sprite, other: Sprite) -> float:
    stored = decoded([encoded(features_of(other.pixels))])
    return float(distances(features_of(one.pixels), stored)[0])


def test_a_sprite_is_most_like_itself_then_like_near_colours_and_shapes() -> None:
    assert far(RED, RED) < 0.01
    assert far(RED, RED) < far(RED, DARK_RED) < far(RED, BLUE)
    assert far(RED, DARK_RED) < far(RED, AWAY)


def test_looking_the_other_way_counts_for_nothing() -> None:
    mirrored = Sprite(RED.pixels[:, ::-1].copy(), RED.origin)
    assert far(RED, mirrored) < 0.01


@pytest.mark.parametrize("shape", [(16, 16), (8, 8), (32, 32), (20, 9), (1, 1)])
def test_sprites_of_any_size_are_compared(shape) -> None:
    pixels = np.full((*shape, 4), 255, np.uint8)
    assert len(encoded(features_of(pixels))) == STORED
    assert np.isfinite(features_of(pixels)).all()


@pytest.fixture
def history(tmp_path) -> History:
    opened, _ = open_history(tmp_path / "history.sqlite", 1000)
    yield opened
    opened.close()


def like(sprite: Sprite) -> HistoryFilter:
    return HistoryFilter(like=encoded(features_of(sprite.pixels)))


def test_the_history_is_ordered_by_likeness(history) -> None:
    red, dark, blue, away = history.add([RED, DARK_RED, BLUE, AWAY])
    assert history.ids(like(RED))[:2] == [red, dark]
    assert history.ids(like(AWAY))[0] == away
    assert history.ids(like(BLUE))[0] == blue
    assert sorted(history.ids(like(BLUE))) == [red, dark, blue, away]


def test_what_an_older_version_kept_is_looked_at_when_it_is_asked_for(history) -> None:
    red, _, blue = history.add([RED, AWAY, BLUE])
    history.database.connection.execute("DELETE FROM looks")
    assert history.ids(like(RED))[0] == red
    assert history.database.read("SELECT count(*) FROM looks") == [(3,)]
    history.database.connection.execute("UPDATE looks SET features = x'00' WHERE sprite = ?", (blue,))
    assert history.ids(like(BLUE))[-1] == blue  # damaged: the last, and nothing else goes wrong
    assert history.ids(HistoryFilter(like=b"\0")) == history.ids(HistoryFilter())


def test_a_mended_sprite_looks_as_it_does_now_and_what_is_gone_leaves_nothing(history) -> None:
    first, second = history.add([RED, AWAY])
    history.replace(first, BLUE)
    assert history.ids(like(BLUE))[0] == first
    history.delete([second])
    history.empty_bin()
    assert history.database.read("SELECT sprite FROM looks") == [(first,)]
