"""What a network learns from that is told words and a palette."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from pixelforge.core.colours import lab_values, stack_palettes
from pixelforge.core.condition import NO_ROW
from pixelforge.core.config import ModelConfig
from pixelforge.core.schemes import colours_in
from pixelforge.core.vocabulary import WordVocabulary
from pixelforge.errors import DatasetError
from pixelforge.oklab import to_oklab
from training.data.indexed import OWN_STYLE, IndexedSprites, words_of
from training.data.sprites import SpriteDataset
from training.learning.config import TrainConfig
from training.learning.pointer_batches import (
    DECIDING,
    EXACT,
    TURNED,
    WHOLE,
    WORD_DROPS,
    PointerBatches,
    PointerSprites,
    deciding_timesteps,
    leave_out,
    pointer_heldout,
    some_colours,
    turn_palettes,
)
from training.learning.tensors import choices, coloured

STYLES = ("dawn", "", "grey")


@pytest.fixture
def styled_data(data: SpriteDataset) -> SpriteDataset:
    styles = tuple(STYLES[index % 3] for index in range(len(data)))
    kinds = tuple("cat" if index % 2 else "" for index in range(len(data)))
    return replace(data, styles=styles, kinds=kinds)


@pytest.fixture
def pointer_config(model_config: ModelConfig, styled_data: SpriteDataset) -> ModelConfig:
    rows = WordVocabulary(styled_data.class_names, words_of(styled_data)).num_rows
    return replace(model_config, prediction="pointer", palette=(), embedding_rows=rows, pointer_width=8)


def batches(data: SpriteDataset, model: ModelConfig, **changes: object) -> PointerBatches:
    words = words_of(data)
    config = TrainConfig(steps=9, batch_size=32, **changes)
    return PointerBatches(IndexedSprites.of(data, words), words, len(data.class_names), model, config, 1000)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_sprites_come_back_from_indices_words_and_palettes(styled_data: SpriteDataset) -> None:
    words = words_of(styled_data)
    assert [style.name for style in words.styles] == ["dawn", "grey", OWN_STYLE]
    indexed = IndexedSprites.of(styled_data, words)
    sprites = PointerSprites(indexed, words, len(styled_data.class_names))
    made = coloured(sprites.planes[:, 0].long(), choices(sprites.palettes))
    lab = torch.from_numpy(lab_values(to_oklab(styled_data.sprites[..., :3]))).permute(0, 3, 1, 2)
    opaque = torch.from_numpy(styled_data.sprites[..., 3] > 0)[:, None]
    torch.testing.assert_close(torch.where(opaque, made[:, :3], 0.0), torch.where(opaque, lab, 0.0))
    assert torch.equal(made[:, 3:] > 0, opaque)
    vocabulary = WordVocabulary(styled_data.class_names, words)
    for row, label, kind, style in zip(
        sprites.rows.tolist(), styled_data.labels, styled_data.kinds, styled_data.styles, strict=True
    ):
        names = [name for part in vocabulary.parts.values() for name in part]
        assert [names[at] for at in row if at != NO_ROW][: 3 if kind else 2] == [
            styled_data.class_names[label],
            *([kind] if kind else []),
            style or OWN_STYLE,
        ]


def test_the_bank_has_the_colours_that_each_sprite_uses(styled_data: SpriteDataset) -> None:
    words = words_of(styled_data)
    indexed = IndexedSprites.of(styled_data, words)
    bank = indexed.bank()
    has = [index for index, plane in enumerate(indexed.planes) if plane.any()]
    assert len(bank.words) == len(has)
    for row, index in enumerate(has):
        assert [colour + 1 for colour in colours_in(bank.masks[row])] == sorted(
            set(indexed.planes[index].ravel().tolist()) - {0}
        )


def test_what_a_step_draws_depends_on_its_number_alone(styled_data: SpriteDataset, pointer_config: ModelConfig) -> None:
    one, other = batches(styled_data, pointer_config), batches(styled_data, pointer_config)
    one.draw(0)
    first, second = one.draw(4), other.draw(4)
    for name in ("planes", "rows", "t", "noise", "told", "palettes"):
        assert torch.equal(getattr(first, name), getattr(second, name)), name


def test_a_palette_always_has_the_colours_that_its_sprite_uses(
    styled_data: SpriteDataset, pointer_config: ModelConfig
) -> None:
    made = batches(styled_data, pointer_config, flip=0, shift=0)
    for step in range(6):
        batch = made.draw(step)
        present = choices(batch.palettes)[..., 3] != 0
        assert present.gather(1, batch.planes[:, 0].flatten(1).long()).all()


def test_colours_beyond_the_sprites_own_are_there_as_often_as_said() -> None:
    used = torch.zeros(4000, 10, dtype=torch.bool)
    used[:, :4] = True
    present = some_colours(torch.ones(4000, 10, 4), used, generator())[..., 3] > 0
    assert present[:, :4].all()
    counts = present[:, 4:].sum(1)
    # Some of the draws of a random share have none of the others, or all of them: one in seven each, for six colours.
    some = 1 - EXACT - WHOLE
    assert (counts == 0).float().mean().item() == pytest.approx(EXACT + some / 7, abs=0.03)
    assert (counts == 6).float().mean().item() == pytest.approx(WHOLE + some / 7, abs=0.03)


def test_a_turned_palette_keeps_what_it_has_and_differs_in_all(styled_data: SpriteDataset) -> None:
    palettes = torch.from_numpy(stack_palettes([((210, 69, 73), (109, 170, 44)), ((89, 125, 207),)] * 500))
    turned, which = turn_palettes(palettes, generator())
    assert which.float().mean().item() == pytest.approx(TURNED, abs=0.05)
    assert torch.equal(turned[..., 3], palettes[..., 3])
    assert torch.equal(turned[~which], palettes[~which])
    assert (turned[which] - palettes[which]).abs().sum(2).amax(1).min() > 1e-3
    assert not turned[palettes[..., 3] == 0].any()


def test_words_are_left_out_each_on_its_own_and_all_at_times() -> None:
    rows = torch.arange(len(WORD_DROPS)).expand(20_000, -1)
    turned = torch.zeros(20_000, dtype=torch.bool)
    left = leave_out(rows, turned, 0.1, generator()) == NO_ROW
    expected = [0.1 + 0.9 * drop for drop in WORD_DROPS]
    assert left.float().mean(0).tolist() == pytest.approx(expected, abs=0.015)
    alone = 1 - 0.9 * np.prod(WORD_DROPS) - 0.1
    assert left.all(1).float().mean().item() == pytest.approx(1 - alone, abs=0.01)
    assert (leave_out(rows, ~turned, 0.0, generator())[:, 3] == NO_ROW).all()


def test_two_thirds_of_the_timesteps_are_where_most_is_decided() -> None:
    t = torch.cat([deciding_timesteps(60, 1000, torch.Generator().manual_seed(seed)) for seed in range(200)])
    low, high = DECIDING
    inside = ((t >= low) & (t < high)).float().mean().item()
    assert inside == pytest.approx(2 / 3 + (high - low) / 1000 / 3, abs=0.01)
    assert (t.min().item(), t.max().item()) == (0, 999)


def test_more_kinds_than_can_be_learnt_are_refused_with_a_remedy() -> None:
    count = 10_001
    many = SpriteDataset(np.full((count, 2, 2, 4), 255, np.uint8), np.zeros(count, np.int64), ("a",), ("g",) * count,
                     source="/pack", kinds=tuple(f"kind {number}" for number in range(count)))  # fmt: skip
    with pytest.raises(DatasetError, match="/pack tells of 10,001 kinds; at most 10,000 can be learnt"):
        words_of(many)
    assert len(words_of(many.subset(np.arange(count) > 0)).kinds) == 10_000


def test_a_style_of_transparent_pictures_is_refused_by_name(styled_data: SpriteDataset) -> None:
    sprites = styled_data.sprites.copy()
    sprites[[style == "grey" for style in styled_data.styles]] = 0
    with pytest.raises(DatasetError, match=r"All pictures of the style 'grey' in .* are wholly transparent"):
        words_of(replace(styled_data, sprites=sprites))


def test_every_held_out_sprite_is_tried_in_its_own_colours(
    styled_data: SpriteDataset, pointer_config: ModelConfig
) -> None:
    words = words_of(styled_data)
    indexed = IndexedSprites.of(styled_data, words)
    held_out = pointer_heldout(indexed, words, 2)
    made, again = (list(held_out.batches(pointer_config, 1000)) for _ in range(2))
    assert sum(len(batch.rows) for batch in made) == 4 * len(styled_data)
    assert all(torch.equal(one.noise, other.noise) for one, other in zip(made, again, strict=True))
    used = (made[0].palettes[..., 3] > 0).sum(1)
    assert used.tolist() == [len(set(plane.ravel().tolist()) - {0}) for plane in indexed.planes[: len(used)]]
