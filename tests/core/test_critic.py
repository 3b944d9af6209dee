"""A model's critic: what it makes of sprites, against torch, and its part of the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import load_checkpoint, replace_header, save_checkpoint
from pixelforge.core.condition import Condition
from pixelforge.core.config import Kind, ModelConfig
from pixelforge.core.critic import UNKNOWN, CriticWords, NumpyCritic, shapes_of
from pixelforge.core.header import Critic, ModelHeader, Student, read_header
from pixelforge.core.sampling import Sampling
from pixelforge.errors import CheckpointError, ConfigError
from tests.core.test_student import changed
from tests.critics import FACTS, add_critic, critic_for
from tests.pointer import write_pointer_model
from training.critic.network import CriticNetwork

WORDS = CriticWords(("cats", "dogs"), ("lion", "lynx", "wolf"), ("dawn", "ink"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return add_critic(write_pointer_model(tmp_path / "choosy.safetensors"))


@pytest.mark.parametrize(("side", "words"), [(8, WORDS), (16, WORDS), (7, CriticWords(("cats",), (), ()))])
def test_numpy_makes_of_sprites_what_torch_does(side: int, words: CriticWords) -> None:
    torch.manual_seed(0)
    network = CriticNetwork(words, side, widths=(8, 8, 16))
    for parameter in network.parameters():
        parameter.data = torch.randn_like(parameter) / max(1, parameter[0].numel() if parameter.ndim else 1) ** 0.5
    for table in (network.of_class, network.of_style):
        table.weight.data[-1] = 0
    x = torch.randint(0, 2, (70, 4, side, side)).float() * 2 - 1
    rng = np.random.default_rng(0)
    told = np.stack([rng.integers(UNKNOWN, len(part), 70) for part in words.parts], axis=1)
    network.train()(x, torch.from_numpy(told))  # so that the normalisation has seen something
    with torch.inference_mode():
        logit, classes, kinds = network.eval()(x, torch.from_numpy(told))
    arrays = network.arrays(2.0)
    assert {name: array.shape for name, array in arrays.items()} == shapes_of(words, (8, 8, 16), side)
    drawn, right = NumpyCritic(words, arrays, 0.0).opinions(x.numpy(), told)
    np.testing.assert_allclose(drawn, logit.numpy() / 2, atol=0.02 * float(logit.std()))
    for row, numbers in enumerate(told):
        logits, at = (kinds, numbers[1]) if numbers[1] != UNKNOWN else (classes, numbers[0])
        expected = 0.0 if at == UNKNOWN else float(logits[row].log_softmax(0)[at])
        assert right[row] == pytest.approx(expected, abs=0.05)


def test_scores_weigh_looks_and_words_and_do_not_depend_on_the_block(path: Path) -> None:
    critic = load_checkpoint(path).critic
    assert critic is not None
    values = np.random.default_rng(0).choice([-1, 1], (130, 4, 8, 8)).astype(np.float32)
    asked = [Condition(class_name="cats", kind="lion", style="dawn")] * 130
    drawn, right = critic.opinions(values, np.tile([0, 0, 0], (130, 1)))
    np.testing.assert_allclose(critic.scores(values, asked), drawn + FACTS.word_weight * right, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(critic.scores(values[100:], asked[100:]), critic.scores(values, asked)[100:], atol=1e-4)
    other = critic.scores(values, [Condition(class_name="dogs", kind="wolf", style="ink")] * 130)
    assert not np.allclose(other, critic.scores(values, asked))


def test_a_model_of_classes_tells_its_kinds_by_their_names(tiny: ModelConfig) -> None:
    kinds = (Kind(name="egg", label=0, share=0.5), Kind(name="egg", label=1, share=0.5))
    config = replace(tiny, kinds=(*kinds, Kind(name="axe", label=1, share=0.2)))
    words = CriticWords.of(ModelHeader(model=config, class_names=("beasts", "tools", "plants")))
    assert words == CriticWords(("beasts", "tools", "plants"), ("egg", "axe"), ())
    told = [("tools", "axe", None), (None, "owl", "dawn"), ("beasts", None, None)]
    np.testing.assert_array_equal(words.numbers(told), [[1, 1, -1], [-1, -1, -1], [0, -1, -1]])


def test_the_critic_is_in_the_file_beside_all_else(tmp_path: Path) -> None:
    path = write_pointer_model(tmp_path / "both.safetensors", student=Student())
    before = load_checkpoint(path)
    after = load_checkpoint(add_critic(path))
    assert after.header == replace(before.header, critic=FACTS)
    assert after.critic is not None
    expected = critic_for(before.header).stored
    assert {name: array.tobytes() for name, array in after.critic.stored.items()} == {
        name: array.tobytes() for name, array in expected.items()
    }
    for one, other in ((before.network, after.network), (before.student, after.student)):
        own = one.state_dict()
        assert all(torch.equal(weight, own[name]) for name, weight in other.state_dict().items())
    replace_header(path, replace(after.header, recommended=Sampling(steps=7)))
    assert load_checkpoint(path).critic is not None


def test_a_model_of_classes_with_a_critic_is_refused_by_version_0_1(tmp_path: Path, tiny: ModelConfig) -> None:
    """It would take the critic's weights for damage; a newer format is what it has words for."""
    header = ModelHeader(model=tiny, class_names=("beasts", "tools", "plants"))
    save_checkpoint(tmp_path / "plain.safetensors", header, build_network(tiny).state_dict())
    assert read_header(tmp_path / "plain.safetensors").format_version == 1
    assert read_header(add_critic(tmp_path / "plain.safetensors")).format_version == 2


def test_files_that_do_not_hold_the_critic_that_they_tell_of(path: Path, tmp_path: Path) -> None:
    weights, target = load_file(path), tmp_path / "odd.safetensors"
    some, bias = weights["critic.kinds.bias"], "critic.kinds.bias"
    least = {name: weight for name, weight in weights.items() if name != bias}
    for odd in (least, {**weights, "critic.more": some.clone()}):
        with pytest.raises(CheckpointError, match="weights of its critic are missing or odd"):
            load_checkpoint(changed(path, target, odd, {}))
    with pytest.raises(CheckpointError, match=r"weights are unknown \(critic\."):
        load_checkpoint(changed(path, target, weights, {"critic": None}))
    with pytest.raises(CheckpointError, match=r"critic\.kinds\.bias holds numbers that are not finite"):
        load_checkpoint(changed(path, target, {**weights, bias: torch.full_like(some, torch.nan)}, {}))
    for other in (some[:1].clone(), some.int()):
        with pytest.raises(CheckpointError, match=r"critic\.kinds\.bias is .* where numbers \(3,\) are needed"):
            load_checkpoint(changed(path, target, {**weights, bias: other}, {}))


@pytest.mark.parametrize("change", [{"widths": (0, 1, 1)}, {"widths": (8, 8, 10**6)}, {"word_weight": -1}])
def test_critics_that_cannot_be(path: Path, tmp_path: Path, change: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="no critic"):
        replace(FACTS, **change)
    told = {"widths": [8, 8, 16], "word_weight": 1.0, "area": 0.5, "learnt": 1, **change}
    with pytest.raises(CheckpointError, match="header that cannot be read"):
        read_header(changed(path, tmp_path / "odd.safetensors", load_file(path), {"critic": told}))
    assert Critic(widths=(1, 1, 1), word_weight=0, area=0.5, learnt=1).word_weight == 0
