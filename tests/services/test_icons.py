"""The icons of a model's words."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pixelforge.core.header import read_header
from pixelforge.services.asking import offer_of
from pixelforge.services.icon_drawing import make_icons
from pixelforge.services.icons import icons_path, read_icons, words_with_icons
from pixelforge.services.model_library import find_model
from pixelforge.services.requests import Finished
from tests.pointer import write_pointer_model


def test_a_model_draws_an_icon_for_each_class_and_kind_and_they_are_read_back(tmp_path: Path) -> None:
    model = write_pointer_model(tmp_path / "model.safetensors")
    offer = offer_of(model, read_header(model))
    assert read_icons(model, offer, 8) == {}
    (made,) = [event for event in make_icons(model, style="ink", device="cpu") if isinstance(event, Finished)]
    asked = [(condition.class_name, condition.kind, condition.style) for condition in made.conditions]
    assert [name for name, _, _ in asked[:2]] == ["cats", "dogs"]
    assert [kind for _, kind, _ in asked[2:]] == ["lion", "lynx", "wolf"]
    assert {style for _, _, style in asked} == {"ink"}
    icons = read_icons(model, offer, 8)
    assert list(icons) == words_with_icons(offer)
    for picture, sprite in zip(icons.values(), made.sprites, strict=True):
        np.testing.assert_array_equal(picture, sprite)


def test_icons_of_other_words_or_another_size_and_damaged_ones_are_none(tmp_path: Path) -> None:
    model = write_pointer_model(tmp_path / "model.safetensors")
    offer = offer_of(model, read_header(model))
    list(make_icons(model, device="cpu"))
    assert read_icons(model, offer, 16) == {}
    icons_path(model).write_bytes(b"no picture")
    assert read_icons(model, offer, 8) == {}


def test_the_bundled_model_has_an_icon_for_each_of_its_words() -> None:
    model = find_model("dawnlike16")
    header = read_header(model)
    offer = offer_of(model, header)
    icons = read_icons(model, offer, header.model.image_size)
    assert list(icons) == words_with_icons(offer)
    assert all(picture[..., 3].any() for picture in icons.values())
