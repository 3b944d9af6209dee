from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from training.learning.config import TrainConfig
from training.learning.muon import RMS, Muon, orthogonal
from training.learning.optimizers import MUON_RATE, Optimizers


@pytest.mark.parametrize("shape", [(12, 12), (8, 40), (40, 8), (1, 7), (256, 300), (300, 256)])
def test_an_update_is_about_orthogonal(shape: tuple[int, int]) -> None:
    """U V^T of the singular value decomposition, each value between 0.6 and 1.3 in place of 1."""
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    made = orthogonal(matrix)
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    values = (u.T @ made @ v.T).diagonal()
    assert ((values > 0.6) & (values < 1.3)).all()
    torch.testing.assert_close(u @ values.diag() @ v, made, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("shape", [(256, 256), (600, 256)])
def test_half_length_products_give_about_the_same_update(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    exact, rough = orthogonal(matrix), orthogonal(matrix, torch.bfloat16)
    assert rough.dtype == exact.dtype
    cosine = (exact * rough).sum() / (exact.norm() * rough.norm())
    assert cosine > 0.995


def test_a_step_is_that_of_the_formula() -> None:
    weight = nn.Parameter(torch.randn(4, 3, 2, 2, generator=torch.Generator().manual_seed(0)))
    before = weight.detach().clone()
    gradients = [torch.randn(4, 3, 2, 2, generator=torch.Generator().manual_seed(seed)) for seed in (1, 2)]
    optimizer = Muon([weight], lr=0.1, momentum=0.9, weight_decay=0.05)
    momentum = torch.zeros(4, 12)
    expected = before.flatten(1)
    for gradient in gradients:
        weight.grad = gradient.clone()
        optimizer.step()
        momentum = 0.9 * momentum + 0.1 * gradient.flatten(1)
        ahead = 0.1 * gradient.flatten(1) + 0.9 * momentum
        expected = expected * (1 - 0.1 * 0.05) - 0.1 * RMS * 12**0.5 * orthogonal(ahead)
    torch.testing.assert_close(weight.detach().flatten(1), expected)


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.init_conv = nn.Conv2d(2, 3, 1)
        self.hidden = nn.Linear(3, 3)
        self.label_emb = nn.Embedding(4, 3)


def test_first_and_last_layers_biases_and_words_are_adamws() -> None:
    model = Small()
    optimizers = Optimizers(model, TrainConfig(steps=1, optimizer="muon", label_rate=2.0))
    optimizers.set_rate(1e-3)
    adamw, muon = optimizers._all
    assert [id(p) for group in muon.param_groups for p in group["params"]] == [id(model.hidden.weight)]
    assert [group["lr"] for group in adamw.param_groups] == [1e-3, 2e-3]
    assert muon.param_groups[0]["lr"] == pytest.approx(MUON_RATE * 1e-3)
    assert len(Optimizers(model, TrainConfig(steps=1))._all) == 1


def test_both_states_come_back() -> None:
    def stepped(model: Small, optimizers: Optimizers, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        for parameter in model.parameters():
            parameter.grad = torch.randn(parameter.shape, generator=generator)
        optimizers.step()

    torch.manual_seed(0)
    config = TrainConfig(steps=1, optimizer="muon")
    one = Small()
    first = Optimizers(one, config)
    stepped(one, first, 1)
    other = Small()
    other.load_state_dict(one.state_dict())
    second = Optimizers(other, config)
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    for model, optimizers in ((one, first), (other, second)):
        stepped(model, optimizers, 2)
    for name, weight in one.state_dict().items():
        assert torch.equal(weight, other.state_dict()[name]), name
