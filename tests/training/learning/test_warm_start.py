"""What of another network a run begins with."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import Checkpoint
from pixelforge.core.config import Kind, ModelConfig
from pixelforge.core.header import ModelHeader, Provenance
from pixelforge.errors import TrainingError
from training.learning.warm_start import inherited_provenance, shape_of, weights_from

PALETTE = ((0, 0, 0), (255, 0, 0), (0, 0, 255))
KINDS = (Kind(name="orc", label=0, share=0.5), Kind(name="cat", label=0, share=0.5))


@pytest.fixture
def parent(model_config: ModelConfig) -> Checkpoint:
    config = replace(model_config, num_classes=2, palette=PALETTE, kinds=KINDS)
    torch.manual_seed(0)
    network = build_network(config)
    for weight in network.state_dict().values():
        weight += torch.randn_like(weight)
    return Checkpoint.of(ModelHeader(model=config, class_names=("beasts", "food")), network)


def begin(parent: Checkpoint, class_names: tuple[str, ...], **changes: object) -> dict[str, torch.Tensor]:
    """The weights for other data, which must fit the network that they are for."""
    shape = replace(shape_of(parent.header, 8), num_classes=len(class_names), **{"kinds": (), **changes})
    weights = weights_from(parent, shape, class_names)
    build_network(shape).load_state_dict(weights)
    return weights


def test_the_same_data_begins_with_the_same_network(parent: Checkpoint) -> None:
    begun = begin(parent, ("beasts", "food"), kinds=KINDS, dropout=0.3)
    for name, weight in parent.network.state_dict().items():
        assert torch.equal(begun[name], weight), name


def test_known_classes_keep_their_row_and_new_ones_begin_as_none(parent: Checkpoint) -> None:
    kinds = (Kind(name="orc", label=2, share=0.4), Kind(name="elf", label=2, share=0.3))
    begun = begin(parent, ("food", "tools", "beasts"), kinds=kinds)
    null, orc = 2, 3
    assert torch.equal(begun["label_emb.weight"], parent.network.label_emb.weight[[1, null, 0, null, orc, 0]])


def test_a_new_colour_begins_as_the_nearest(parent: Checkpoint) -> None:
    begun = begin(parent, ("beasts",), palette=((250, 20, 10), (10, 5, 5), (0, 0, 255), (30, 30, 230)))
    for name in ("out_conv.weight", "out_conv.bias"):
        assert torch.equal(begun[name], parent.network.state_dict()[name][[0, 2, 1, 3, 3]])  # transparent first


def test_another_prediction_begins_with_a_new_last_layer(parent: Checkpoint) -> None:
    begun = begin(parent, ("beasts",), palette=(), prediction="v")
    assert begun["out_conv.weight"].shape[0] == 4
    assert not begun["out_conv.weight"].any()
    assert torch.equal(begun["init_conv.weight"], parent.network.init_conv.weight)


def test_another_size_needs_nothing_to_begin_from(parent: Checkpoint) -> None:
    with pytest.raises(TrainingError, match="8 x 8 pixels, not of 16"):
        shape_of(parent.header, 16)


def test_credits_stay_due() -> None:
    header = ModelHeader(
        model=ModelConfig(num_classes=1, palette=PALETTE),
        class_names=("a",),
        provenance=Provenance(data="pack", credits="drawn by Ann", licence="CC BY 4.0", steps=100),
    )
    own = inherited_provenance(Provenance(data="mine", credits="me"), header, "base")
    assert own.credits == "me; begun from base: drawn by Ann (CC BY 4.0)"
    assert own.steps == 0
    assert inherited_provenance(Provenance(data="mine"), header, "base").credits.startswith("begun from base")
    same = inherited_provenance(Provenance(data="pack"), header, "base")
    assert (same.steps, same.credits, same.licence) == (100, "drawn by Ann", "CC BY 4.0")
