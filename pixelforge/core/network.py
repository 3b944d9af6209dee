"""What networks in torch have in common: they are conditioned once and run many times."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from torch import Tensor, nn

from pixelforge.core.condition import NO_ROW
from pixelforge.core.weights import Floats


class Network(nn.Module, ABC):
    """x_t (B, C, H, W), t (B,) integer timesteps and rows to the output (B, out_channels, H, W).

    rows: (B, R) rows of the condition embedding, added up, NO_ROW where there is none; or (B,), one each. palettes:
    (B, K, 4) as `core.colours.stack_palettes` makes them, for a `pointer` network, whose output is a logit for
    transparent and for each of the colours (B, 1 + K, H, W); others pass over them. guidance: (B,), the
    guidance_scale that each output is to have in itself, 1 or more, for a network that takes it as an input.
    """

    @abstractmethod
    def embed(
        self, t: Tensor, rows: Tensor, palettes: Tensor | None = None, *, guidance: Tensor | None = None
    ) -> list[Tensor]:
        """What each block is conditioned on: (B or more, …) a block, in the order in which `run` needs them."""

    @abstractmethod
    def run(self, x: Tensor, embedded: Sequence[Tensor]) -> Tensor:
        """The output for x_t and what `embed` made: a sampler makes that of many timesteps at once."""

    def forward(self, x: Tensor, t: Tensor, rows: Tensor, palettes: Tensor | None = None) -> Tensor:
        return self.run(x, self.embed(t, rows, palettes))

    def arrays(self) -> dict[str, Floats]:
        """Its weights by name, as float32; on the CPU they are those that the network goes on with."""
        return {name: weight.detach().float().cpu().numpy() for name, weight in self.state_dict().items()}


def summed(table: nn.Embedding, rows: Tensor) -> Tensor:
    """The sum of each condition's rows of a table: (B, R) or (B,) to (B, width)."""
    if rows.ndim == 1:
        return table(rows)  # type: ignore[no-any-return]
    chosen = table(rows.clamp(min=0)) * (rows != NO_ROW)[..., None]
    return chosen.sum(dim=1)  # type: ignore[no-any-return]
