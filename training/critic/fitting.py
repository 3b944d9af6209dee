"""Fitting a critic, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from pixelforge.core.critic import CriticWords, NumpyCritic
from pixelforge.core.header import Critic
from pixelforge.imaging.pixels import to_values
from training.critic.examples import Examples
from training.critic.network import WIDTHS, CriticNetwork
from training.evaluation.fitting import BATCH, LEARNING_RATE, WEIGHT_DECAY, as_values, augmented
from training.evaluation.two_sample import wins

LOOK_EVERY = 20  # batches between two looks at the unseen ones
PATIENCE = 8  # looks without a lesser loss
SMOOTHING = 0.05
WARM_UP = 20  # batches
BLOCK = 256
TURNS = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))  # of red, green and blue

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CriticStep:
    """A batch was learnt. unseen: the loss of unseen sprites, where it was looked at."""

    step: int  # 1 …
    loss: float
    unseen: float | None = None


@dataclass(frozen=True, eq=False)
class Fitted:
    """A critic that has learnt, and what it makes of sprites that it never saw."""

    critic: NumpyCritic
    facts: Critic
    kinds_right: float  # share of unseen drawn sprites of a kind that is told


def fit(
    known: Examples, unseen: Examples, words: CriticWords, rounds: int, word_weight: float, seed: int
) -> Iterator[CriticStep | Fitted]:
    """Fit a critic to examples until no more is learnt of unseen ones; the last event holds it as it was best.

    word_weight: how much a standard deviation of what words come to counts, beside one of looking drawn.
    """
    torch.manual_seed(seed)
    network = CriticNetwork(words, known.sprites.shape[1])
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=WEIGHT_DECAY)
    best, least, looks = network.state_dict(), float("inf"), 0
    for step, batch in enumerate(_batches(known, rounds, seed), 1):
        network.train()
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(step / WARM_UP, 1) * (1 - (step - 1) / rounds)
        loss = _loss(network, *batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        now = None
        if step % LOOK_EVERY == 0 or step == rounds:
            now = _unseen_loss(network, unseen)
            looks = 0 if now < least else looks + 1
            if now < least:
                best, least = {name: weight.clone() for name, weight in network.state_dict().items()}, now
        yield CriticStep(step, float(loss.detach()), now)
        if looks == PATIENCE:
            break
    network.load_state_dict(best)
    yield _fitted(network.eval(), unseen, words, word_weight, int((~known.drawn).sum()))


def _batches(known: Examples, rounds: int, seed: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Values (B, 4, S, S), words (B, 3) and whether they are drawn (B,): as many made as drawn ones.

    Both are mirrored, shifted, and their colours' red, green and blue exchanged alike.
    """
    weights = torch.from_numpy(1 / np.bincount(known.drawn, minlength=2)[known.drawn.astype(np.int64)])
    generator = torch.Generator().manual_seed(seed)
    words, drawn = torch.from_numpy(known.words), torch.from_numpy(known.drawn).float()
    orders = torch.tensor([[*turn, 3] for turn in TURNS])
    for chosen, planes in augmented(known.sprites, weights, rounds, generator):
        turned = torch.randint(2 * len(TURNS), (BATCH,), generator=generator)  # half of them stay as they are
        order = orders[torch.where(turned < len(TURNS), turned, 0)]
        planes = planes.gather(1, order[:, :, None, None].expand_as(planes))
        yield as_values(planes), words[chosen], drawn[chosen]


def _loss(network: CriticNetwork, x: Tensor, told: Tensor, drawn: Tensor) -> Tensor:
    """Binary cross-entropy of drawn, and of drawn sprites the cross-entropy of class and kind."""
    logit, classes, kinds = network(x, told)
    loss = F.binary_cross_entropy_with_logits(logit, drawn)
    for logits, numbers in ((classes, told[:, 0]), (kinds, told[:, 1])):
        of = (drawn > 0.5) & (numbers >= 0)
        if of.any():
            loss = loss + 0.3 * F.cross_entropy(logits[of], numbers[of], label_smoothing=SMOOTHING)
    return loss


@torch.inference_mode()
def _unseen_loss(network: CriticNetwork, unseen: Examples) -> float:
    """The loss in which drawn ones count as much as made ones, however many there are of either."""
    network.eval()
    losses = []
    for drawn in (True, False):
        part = unseen.drawn == drawn
        x, told = torch.from_numpy(to_values(unseen.sprites[part], 4)), torch.from_numpy(unseen.words[part])
        parts = [_loss(network, a, b, torch.full((len(a),), float(drawn))) * len(a) for a, b in _blocks(x, told)]
        losses.append(float(sum(parts)) / max(1, len(x)))
    return sum(losses) / 2


def _blocks(x: Tensor, told: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    return zip(torch.split(x, BLOCK), torch.split(told, BLOCK), strict=True)


def _fitted(network: CriticNetwork, unseen: Examples, words: CriticWords, word_weight: float, learnt: int) -> Fitted:
    values = to_values(unseen.sprites, 4)
    logits, right = NumpyCritic(words, network.arrays(1.0), 0.0).opinions(values, unseen.words)
    made = ~unseen.drawn
    area = wins(logits[unseen.drawn].astype(np.float64), logits[made].astype(np.float64))
    area /= max(1, int(made.sum()) * int(unseen.drawn.sum()))
    scale, of_words = (max(float(part[made].std()), 1e-3) for part in (logits, right))
    facts = Critic(widths=WIDTHS, word_weight=word_weight / of_words, area=round(area, 4), learnt=learnt)
    critic = NumpyCritic(words, network.arrays(scale), facts.word_weight)
    return Fitted(critic, facts, _kinds_right(network, unseen))


@torch.inference_mode()
def _kinds_right(network: CriticNetwork, unseen: Examples) -> float:
    of = unseen.drawn & (unseen.words[:, 1] >= 0)
    x, told = torch.from_numpy(to_values(unseen.sprites[of], 4)), torch.from_numpy(unseen.words[of])
    found = [network(a, b)[2].argmax(dim=1) == b[:, 1] for a, b in _blocks(x, told)]
    return float(torch.cat(found).float().mean()) if found else float("nan")
