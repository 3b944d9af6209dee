"""What a run begins from, and the settings that suit its data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from pixelforge.core.config import Kind, ModelConfig
from pixelforge.core.header import ModelHeader, Provenance
from pixelforge.core.kinds import kind_row
from pixelforge.errors import ConfigError, RequestError, TrainingError
from training.data.sprites import SpriteSet
from training.learning.warm_start import begin_from, inherit
from training.runs.plan import Wishes, choose_settings, plan_run

PALETTE = ((0, 0, 0), (255, 0, 0), (0, 0, 255))
KINDS = (Kind(name="orc", label=0, share=0.5), Kind(name="cat", label=0, share=0.5))


@pytest.fixture
def parent(model_config: ModelConfig) -> Checkpoint:
    config = replace(model_config, num_classes=2, palette=PALETTE, kinds=KINDS)
    torch.manual_seed(0)
    network = build_network(config)
    for weight in network.state_dict().values():
        weight += torch.randn_like(weight)
    return Checkpoint(ModelHeader(model=config, class_names=("beasts", "food")), network)


def test_the_same_data_begins_with_the_same_network(parent: Checkpoint) -> None:
    begun = begin_from(parent, 8, ("beasts", "food"), PALETTE, "palette", 0.3, KINDS)
    assert begun.model == replace(parent.header.model, dropout=0.3)
    for name, weight in parent.network.state_dict().items():
        assert torch.equal(begun.weights[name], weight), name


def test_known_classes_keep_their_row_and_new_ones_begin_as_none(parent: Checkpoint) -> None:
    kinds = (Kind(name="orc", label=2, share=0.4), Kind(name="elf", label=2, share=0.3))
    begun = begin_from(parent, 8, ("food", "tools", "beasts"), PALETTE, "palette", 0.1, kinds)
    before, after = parent.network.label_emb.weight, begun.weights["label_emb.weight"]
    orc = kind_row(parent.header.model, 0)
    null = parent.header.model.null_class
    assert torch.equal(after, before[[1, null, 0, null, orc, 0]])
    build_network(begun.model).load_state_dict(begun.weights)


def test_a_new_colour_begins_as_the_nearest(parent: Checkpoint) -> None:
    colours = ((250, 20, 10), (10, 5, 5), (0, 0, 255), (30, 30, 230))
    begun = begin_from(parent, 8, ("beasts",), colours, "palette", 0.1)
    for name in ("out_conv.weight", "out_conv.bias"):
        before = parent.network.state_dict()[name]
        assert torch.equal(begun.weights[name], before[[0, 2, 1, 3, 3]])  # transparent first
    build_network(begun.model).load_state_dict(begun.weights)


def test_another_prediction_begins_with_a_new_last_layer(parent: Checkpoint) -> None:
    begun = begin_from(parent, 8, ("beasts",), (), "v", 0.1)
    network = build_network(begun.model)
    network.load_state_dict(begun.weights)
    assert network.out_conv.weight.shape[0] == 4
    assert not network.out_conv.weight.any()
    assert torch.equal(network.init_conv.weight, parent.network.init_conv.weight)


def test_another_size_needs_nothing_to_begin_from(parent: Checkpoint) -> None:
    with pytest.raises(TrainingError, match="8 x 8 pixels, not of 16"):
        begin_from(parent, 16, ("beasts",), PALETTE, "palette", 0.1)


def test_credits_stay_due() -> None:
    header = ModelHeader(
        model=ModelConfig(num_classes=1, palette=PALETTE),
        class_names=("a",),
        provenance=Provenance(data="pack", credits="drawn by Ann", licence="CC BY 4.0", steps=100),
    )
    own = inherit(Provenance(data="mine", credits="me"), header, "base")
    assert own.credits == "me; begun from base: drawn by Ann (CC BY 4.0)"
    assert own.steps == 0
    assert inherit(Provenance(data="mine"), header, "base").credits.startswith("begun from base")
    same = inherit(Provenance(data="pack"), header, "base")
    assert (same.steps, same.credits, same.licence) == (100, "drawn by Ann", "CC BY 4.0")


@pytest.mark.parametrize(("sprites", "batch"), [(2000, 64), (512, 64), (511, 32), (100, 16)])
def test_the_batch_and_the_learning_rate_suit_the_data(
    data: SpriteSet, model_config: ModelConfig, sprites: int, batch: int
) -> None:
    wishes = Wishes(steps=3000)
    chosen = [choose_settings(sprites, model_config, data, wishes, from_parent=p) for p in (True, False)]
    assert {settings.batch_size for settings in chosen} == {batch}
    assert chosen[0].learning_rate == pytest.approx(chosen[1].learning_rate / 4)
    assert chosen[1].learning_rate == pytest.approx(8e-4 * (batch / 64) ** 0.5)
    assert (chosen[0].evaluate_every, chosen[0].patience) == (100, 800)


def test_what_the_user_says_holds(data: SpriteSet, model_config: ModelConfig) -> None:
    wishes = Wishes(steps=10, batch=5, learning_rate=0.5, early_stop=False)
    settings = choose_settings(2000, model_config, data, wishes, from_parent=True)
    assert (settings.batch_size, settings.learning_rate, settings.patience, settings.warmup_steps) == (5, 0.5, 0, 1)


def test_a_run_begins_from_the_model_that_is_named(parent: Checkpoint, folder: Path, tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "base.safetensors", parent.header, parent.network.state_dict())
    wishes = Wishes(size=8, steps=2, parent=str(tmp_path / "base.safetensors"), device="cpu")
    planned = plan_run(folder, tmp_path / "run", wishes)
    assert planned.notes[-1] == "Begins from base."
    begun = load_checkpoint(planned.run.dir.snapshot_path)
    torch.testing.assert_close(begun.network.init_conv.weight, parent.network.init_conv.weight, atol=2e-3, rtol=2e-3)
    assert begun.header.class_names == ("beasts", "tools")
    assert "begun from base" in begun.header.provenance.credits


def test_the_bundled_model_is_the_beginning_where_it_fits(folder: Path, tmp_path: Path) -> None:
    fits = Wishes(size=16, steps=1, device="cpu")
    assert plan_run(folder, tmp_path / "fits", fits).notes[-1] == "Begins from dawnlike16."
    others = (Wishes(size=8, steps=1), Wishes(width=8, steps=1), Wishes(parent="nothing", steps=1))
    for number, wishes in enumerate(others):
        assert plan_run(folder, tmp_path / str(number), wishes).notes[-1] == "Begins from nothing."


def test_wishes_that_cannot_be(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="not both"):
        plan_run(folder, tmp_path / "run", Wishes(steps=1, minutes=1))
    with pytest.raises(TrainingError, match="leave out --width"):
        plan_run(folder, tmp_path / "run", Wishes(steps=1, parent="x.safetensors", width=8))
    for minutes in (0, -1, float("nan"), float("inf")):
        with pytest.raises(RequestError, match="more than 0 minutes"):
            plan_run(folder, tmp_path / "run", Wishes(minutes=minutes))
    for wrong in (Wishes(steps=0), Wishes(steps=1, batch=0), Wishes(steps=1, learning_rate=0), Wishes(steps=-3)):
        with pytest.raises(ConfigError, match="must be"):
            plan_run(folder, tmp_path / "run", replace(wrong, size=8))
    assert not (tmp_path / "run").exists()
