"""Sprites that do something: by rule, as a model learnt it, or as a file shows them; and animations of what they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from pixelforge.errors import DatasetError, RequestError
from pixelforge.files import as_text, check_writable, read_at_most, replacing
from pixelforge.imaging.animation import encode_animation
from pixelforge.imaging.aseprite_reader import is_aseprite, read_aseprite
from pixelforge.imaging.frames import MAX_DURATION, MIN_DURATION, Frames
from pixelforge.imaging.pixels import MAX_FRAMES, MAX_PIXELS, Pixels, decode_shown, enlarge
from pixelforge.imaging.pixels import MAX_SIDE as PICTURE_SIDE
from pixelforge.imaging.sheet import lay_out_any
from pixelforge.services.learned import do
from pixelforge.services.sprites import MAX_BYTES, Drawn, Sprite, read_sprites

USUAL = 100  # milliseconds of a frame whose file does not tell
MAX_SIDE = 64  # pixels of a picture that is taken for a frame
MAX_TOGETHER = 64  # sprites in an animation


def acting(sprite: Sprite, action: str, pace: float = 1.0) -> Sprite:
    """The sprite with an action, by rule or learnt, so many times as fast; it walks the way that it was made to look.

    Raises RequestError for one that it cannot do, CheckpointError where the model that learnt it cannot be read.
    """
    facing = None if sprite.made_from is None else sprite.made_from.request.conditions[0].facing
    return sprite.acting(at_pace(do(sprite.pixels, action, facing), pace))


def at_pace(frames: Frames, pace: float) -> Frames:
    """Frames shown so many times as fast, as far as frames can be. Raises RequestError for a pace of 0 or less."""
    if not pace > 0:
        raise RequestError(f"A pace is a number above 0, not {pace:g}.")
    durations = tuple(min(MAX_DURATION, max(MIN_DURATION, round(ms / pace))) for ms in frames.durations)
    return replace(frames, durations=durations)


def read_acting(path: Path) -> tuple[Sprite, ...]:
    """The sprites in a picture with what they do; an animated GIF, APNG or WebP is one sprite. Raises DatasetError.

    The action of such a file is its name. In an Aseprite file the frames of a tag are one sprite, whose action is the
    tag, and those of none another; each that carries the recipe of a sprite is that sprite, at rest.
    """
    data = read_at_most(path, MAX_BYTES, DatasetError)
    if is_aseprite(data):
        return _tagged(path, data)
    sprites = read_sprites(path)
    if len(sprites) != 1 or sprites[0].frames is not None:
        return sprites
    shown = decode_shown(data, str(path))
    if len(shown) == 1:
        return sprites
    return (_shown(path, as_text(path.stem), shown, sprites[0].class_name),)


def _tagged(path: Path, data: bytes) -> tuple[Sprite, ...]:
    """The sprites of an Aseprite file, of which neighbours of one tag are one."""
    found: list[Sprite] = []
    each = zip(read_sprites(path), read_aseprite(data, str(path), PICTURE_SIDE, MAX_PIXELS), strict=True)
    for (tag, is_still), group in groupby(each, lambda one: (one[1].tag, bool(one[1].texts))):
        sprites, frames = zip(*group, strict=True)
        if is_still or len(frames) == 1:
            found += sprites
            continue
        shown = [(sprite.pixels, frame.duration) for sprite, frame in zip(sprites, frames, strict=True)]
        class_name = as_text(path.stem) if tag else sprites[0].class_name
        found.append(_shown(path, tag or as_text(path.stem), shown, class_name))
    return tuple(found)


def _shown(path: Path, action: str, shown: Sequence[tuple[Pixels, int]], class_name: str) -> Sprite:
    """A sprite that does what a file shows, in pictures with their milliseconds. Raises DatasetError."""
    height, width = shown[0][0].shape[:2]
    if max(height, width) > MAX_SIDE:
        raise DatasetError(f"{path} is {width} x {height} pixels: a sprite with frames has at most {MAX_SIDE} a side.")
    times = [min(MAX_DURATION, max(MIN_DURATION, ms or USUAL)) for _, ms in shown]
    try:
        frames = Frames.of(action, [(picture, ms) for (picture, _), ms in zip(shown, times, strict=True)])
    except RequestError as error:
        raise DatasetError(f"{path}: {error}") from error
    return Sprite(frames.pictures[0], Drawn(class_name)).acting(frames)


def write_acts(target: Path, sprites: Sequence[Sprite], scale: int, fresh: bool = False) -> Path:
    """Write what sprites do, side by side, as a .gif or .apng that begins again with the longest of them.

    Gives the file. fresh: nothing may stand there yet. Raises RequestError or OutputError.
    """
    if not 1 <= len(sprites) <= MAX_TOGETHER:
        raise RequestError(f"An animation shows 1 to {MAX_TOGETHER} sprites, not {len(sprites)}.")
    check_writable(target.parent)
    shown = together(sprites)
    pictures = [enlarge(picture, scale) for picture, _ in shown]
    data = encode_animation(pictures, target.suffix.lower(), [duration for _, duration in shown])
    with replacing(target, new=fresh) as part:
        part.write_bytes(data)
    return target


def together(sprites: Sequence[Sprite]) -> list[tuple[Pixels, int]]:
    """A grid of sprites at every moment at which one of them changes, with the milliseconds until the next.

    It lasts as long as the longest action; shorter ones begin again meanwhile. Raises RequestError for one of too
    many moments.
    """
    acts = [sprite.frames for sprite in sprites]
    length = max((act.total for act in acts if act is not None), default=USUAL)
    moments = sorted({moment for act in acts if act is not None for moment in _changes(act, length)} | {0})
    if len(moments) > MAX_FRAMES:
        raise RequestError(f"Together they change {len(moments):,} times: at most {MAX_FRAMES} can be shown.")
    shown = []
    for moment, end in zip(moments, [*moments[1:], length], strict=True):
        pictures = [
            sprite.pixels if act is None else act.pictures[act.at(moment)]
            for sprite, act in zip(sprites, acts, strict=True)
        ]
        shown.append((lay_out_any(pictures), end - moment))
    return shown


def _changes(act: Frames, length: int) -> list[int]:
    """The moments, in milliseconds before `length`, at which the next frame comes."""
    moments, time = [], 0
    while time < length:
        for duration in act.durations:
            time += duration
            moments.append(time)
    return [moment for moment in moments if moment < length]
