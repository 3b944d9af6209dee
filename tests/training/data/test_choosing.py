"""Training on one style of a folder alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pixelforge.errors import DatasetError, Remedy
from training.data.choosing import of_style
from training.data.sprites import SpriteDataset


@pytest.fixture
def styled(data: SpriteDataset) -> SpriteDataset:
    """The tools are of a style of their own, the beasts of none, but for ten that are of another."""
    tools = data.class_names.index("tools")
    styles = tuple("grey" if label == tools else "" for label in data.labels)
    return replace(data, styles=("dawn",) * 10 + styles[10:], warnings=("a line",))


def test_only_its_sprites_and_their_classes_are_left(styled: SpriteDataset) -> None:
    part = of_style(styled, " Grey ")
    chosen = np.array(styled.styles) == "grey"
    assert (part.class_names, set(part.labels.tolist()), part.warnings) == (("tools",), {0}, ("a line",))
    np.testing.assert_array_equal(part.sprites, styled.sprites[chosen])
    assert (part.groups, part.kinds) == (styled.subset(chosen).groups, styled.subset(chosen).kinds)
    assert part.fingerprint() != styled.fingerprint()


def test_a_style_that_there_is_not_is_said_with_the_nearest(styled: SpriteDataset, data: SpriteDataset) -> None:
    with pytest.raises(DatasetError, match="no style 'gray'; the nearest is grey"):
        of_style(styled, "gray")
    with pytest.raises(DatasetError, match="no style 'xyz'; it has dawn, grey"):
        of_style(styled, "xyz")
    with pytest.raises(DatasetError, match="tells no styles") as refused:
        of_style(data, "grey")
    assert refused.value.remedies == (Remedy.ALL_STYLES,)
