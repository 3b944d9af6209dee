"""The optimizers of a network, seen as one."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from training.learning.config import TrainConfig
from training.learning.muon import Muon

MUON_RATE = 5.0  # times AdamW's learning rate: 0.004 beside 8e-4; 0.008 learnt no faster than AdamW alone
FIRST_AND_LAST = ("init_conv.", "out_conv.")


class Optimizers:
    """AdamW for all weights, or Muon for the hidden matrices and convolutions and AdamW for the rest."""

    def __init__(self, model: nn.Module, config: TrainConfig) -> None:
        labels = {name: weight for name, weight in model.named_parameters() if name.startswith("label_emb.")}
        others = {name: weight for name, weight in model.named_parameters() if name not in labels}
        hidden: dict[str, nn.Parameter] = {}
        if config.optimizer == "muon":
            hidden = {name: weight for name, weight in others.items() if _is_hidden(name, weight)}
        rest = [weight for name, weight in others.items() if name not in hidden]
        self._rates = (1.0, config.label_rate)
        self._adamw = torch.optim.AdamW(
            [{"params": rest}, {"params": list(labels.values())}],
            lr=config.learning_rate,
            betas=(0.9, 0.99),
            fused=True,  # many small tensors: 10 ms instead of 50
            weight_decay=config.weight_decay,
        )
        rate = MUON_RATE * config.learning_rate
        decay, precision = config.weight_decay, getattr(torch, config.precision)
        self._muon = Muon(hidden.values(), rate, weight_decay=decay, precision=precision) if hidden else None

    def set_rate(self, learning_rate: float) -> None:
        """The learning rate of the next step."""
        for group, rate in zip(self._adamw.param_groups, self._rates, strict=True):
            group["lr"] = rate * learning_rate
        if self._muon is not None:
            self._muon.param_groups[0]["lr"] = MUON_RATE * learning_rate

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for optimizer in self._all:
            optimizer.zero_grad(set_to_none=True)

    def step(self) -> None:
        """Make an update."""
        for optimizer in self._all:
            optimizer.step()

    def state_dict(self) -> dict[str, Any]:
        """All that `load_state_dict` needs."""
        return dict(zip(("optimizer", "muon"), (optimizer.state_dict() for optimizer in self._all), strict=False))

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Resume from what `state_dict` gave, among other things. Raises KeyError or ValueError."""
        for name, optimizer in zip(("optimizer", "muon"), self._all, strict=False):
            optimizer.load_state_dict(state[name])

    @property
    def _all(self) -> list[torch.optim.Optimizer]:
        return [self._adamw] if self._muon is None else [self._adamw, self._muon]


def _is_hidden(name: str, weight: Tensor) -> bool:
    return weight.ndim >= 2 and not name.startswith(FIRST_AND_LAST)
