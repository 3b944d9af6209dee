"""What a network and its diffusion are made from; saved with the weights exactly as passed to build."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pixelforge.errors import ConfigError

Prediction = Literal["eps", "v", "palette", "pointer", "copy"]
"""`palette`: logits over the colours of the model's palette; `pointer`: over those of any palette that is handed in;
`copy`: over the neighbours that a pixel of the next frame can be copied from, and those colours (`core.copy_unet`)."""

Architecture = Literal["context_unet", "notebook"]
Colour = tuple[int, int, int]

MAX_PALETTE = 64
AB_SCALE = 4.0  # of OKLab's a and b in x_0; see `core.colours`
TRANSPARENT = (0.0, 0.0, 0.0, -1.0)
GROUPS = 8
MAX_ATTENDED = 32  # pixels a side: its cost grows with the fourth power, to minutes a sprite at 64
MAX_LOG_DECAY = 50.0  # of alphas_cumprod, so that its square root stays a float32


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A finer condition under a class; see `core.condition`."""

    name: str
    label: int  # of its class
    share: float  # of the class's sprites


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """The whole shape of a network. Raises ConfigError for one that cannot be built."""

    num_classes: int
    architecture: Architecture = "context_unet"
    image_size: int = 16  # pixels a side, 8 to 64
    channels: int = 4  # RGBA; 3 is RGB without transparency
    base_width: int = 48  # feature channels at full resolution, a multiple of 8 (GroupNorm)
    multipliers: tuple[int, ...] = (1, 2, 2)  # width of each level in base widths; each level halves the resolution
    blocks_per_level: int = 2
    attention_levels: tuple[int, ...] = (1, 2)  # levels with self-attention; 0 is full resolution
    num_heads: int = 4
    dropout: float = 0.0  # inside every residual block, in training only
    embed_width: int = 0  # of the time and condition embeddings; 0: four base widths
    augment_dim: int = 0  # size of the vector that tells the network how a training picture was changed; 0 is none
    prediction: Prediction = "palette"
    palette: tuple[Colour, ...] = ()  # the data's colours as 8-bit RGB, most used first; at most 64, may be empty
    kinds: tuple[Kind, ...] = ()
    pointer_width: int = 32  # `pointer` and `copy` only: of the vectors by which pixels and colours are compared
    embedding_rows: int = 0  # of the condition embedding; 0: those of the classes, the null condition and the kinds
    guided: bool = False  # whether guidance_scale is an input, as a distilled student has it (`core.header.Student`)

    def __post_init__(self) -> None:
        _require(1 <= self.num_classes <= 10_000, f"a model needs 1 to 10,000 classes, not {self.num_classes}")
        _require(self.channels in (3, 4), f"channels must be 3 (RGB) or 4 (RGBA), not {self.channels}")
        _require(
            8 <= self.base_width <= 1024 and self.base_width % GROUPS == 0,
            f"base width must be a multiple of {GROUPS} from 8 to 1024, not {self.base_width}",
        )
        _require(
            1 <= len(self.multipliers) <= 6 and all(1 <= m <= 16 for m in self.multipliers),
            f"multipliers must be 1 to 6 whole numbers from 1 to 16, not {self.multipliers}",
        )
        factor = 2 ** (len(self.multipliers) - 1)
        _require(
            8 <= self.image_size <= 64 and self.image_size % factor == 0,
            f"image size must be 8 to 64 and divisible by {factor} for {len(self.multipliers)} levels, "
            f"not {self.image_size}",
        )
        _require(1 <= self.blocks_per_level <= 8, f"blocks per level must be 1 to 8, not {self.blocks_per_level}")
        _require(
            all(0 <= level < len(self.multipliers) for level in self.attention_levels),
            f"attention levels {self.attention_levels} are not among the {len(self.multipliers)} levels",
        )
        _require(
            all(self.image_size >> level <= MAX_ATTENDED for level in self.attention_levels),
            f"attention is at most over {MAX_ATTENDED} x {MAX_ATTENDED} pixels, not at levels {self.attention_levels}",
        )
        widths = {self.base_width * self.multipliers[level] for level in (*self.attention_levels, -1)}
        _require(
            self.num_heads >= 1 and all(width % self.num_heads == 0 for width in widths),
            f"{self.num_heads} attention heads do not divide the widths {sorted(widths)}",
        )
        _require(0.0 <= self.dropout < 1.0, f"dropout must be at least 0 and below 1, not {self.dropout}")
        _require(0 <= self.embed_width <= 4096, f"embed_width must be 0 to 4096, not {self.embed_width}")
        _require(1 <= self.pointer_width <= 512, f"pointer_width must be 1 to 512, not {self.pointer_width}")
        _require(0 <= self.embedding_rows <= 40_000, f"a model has at most 40,000 words, not {self.embedding_rows}")
        _require(0 <= self.augment_dim <= 64, f"augment_dim must be 0 to 64, not {self.augment_dim}")
        self._check_palette()
        self._check_kinds()

    def _check_palette(self) -> None:
        _require(
            len(self.palette) <= MAX_PALETTE, f"a palette has at most {MAX_PALETTE} colours, not {len(self.palette)}"
        )
        check_colours(self.palette)
        if self.prediction == "palette":
            _require(len(self.palette) >= 2, "the palette prediction needs a palette of 2 or more colours")
        if self.prediction in ("pointer", "copy"):
            whole = self.channels == 4 and not self.palette
            _require(whole, f"the {self.prediction} prediction needs RGBA and no palette")
        if self.architecture == "notebook":
            _require(self.prediction == "eps" and self.channels == 3, "the notebook's network predicts eps in RGB")
            _require(not self.guided, "the notebook's network does not take guidance as an input")

    def _check_kinds(self) -> None:
        _require(len(self.kinds) <= 10_000, f"a model has at most 10,000 kinds, not {len(self.kinds)}")
        _require(not self.kinds or self.architecture == "context_unet", "the notebook's network knows no kinds")
        shares = dict.fromkeys(range(self.num_classes), 0.0)
        for kind in self.kinds:
            _require(kind.label in shares, f"the kind {kind.name!r} is of class {kind.label}, which there is not")
            _require(0.0 < kind.share <= 1.0, f"the kind {kind.name!r} has a share of {kind.share}")
            shares[kind.label] += kind.share
        _require(max(shares.values()) < 1.0001, "the kinds of a class must not have more than the whole of it")

    @property
    def num_conditions(self) -> int:
        """Rows of the condition embedding: the classes, the null condition, the kinds; see `core.condition`."""
        return self.embedding_rows or self.num_classes + 1 + len(self.kinds)

    @property
    def num_colours(self) -> int:
        """Entries that a pixel can take in the palette prediction: the colours, and transparent first (RGBA only)."""
        return len(self.palette) + (1 if self.channels == 4 else 0)

    @property
    def out_channels(self) -> int:
        """Channels of the last convolution: a logit a colour, a vector to point with, else the picture's channels."""
        widths = {"palette": self.num_colours, "pointer": self.pointer_width, "copy": self.pointer_width}
        return widths.get(self.prediction, self.channels)

    @property
    def space(self) -> Literal["rgb", "oklab"]:
        """The space of x_t: RGB(A), or OKLab and alpha where palettes are handed in; see `core.colours`."""
        return "oklab" if self.prediction in ("pointer", "copy") else "rgb"


@dataclass(frozen=True, kw_only=True)
class DiffusionConfig:
    """The forward process: the cosine schedule of Nichol & Dhariwal 2021 with its betas clamped."""

    num_timesteps: int = 1000
    cosine_s: float = 0.008  # offset that keeps beta from vanishing near t = 0
    beta_min: float = 0.0  # the notebook clamps below as well, at 0.0001
    beta_max: float = 0.999

    def __post_init__(self) -> None:
        _require(2 <= self.num_timesteps <= 100_000, f"timesteps must be 2 to 100,000, not {self.num_timesteps}")
        _require(0.0 < self.cosine_s < 1.0, f"cosine_s must lie between 0 and 1, not {self.cosine_s}")
        _require(
            0.0 <= self.beta_min < self.beta_max < 1.0,
            f"betas must satisfy 0 <= min < max < 1, not {self.beta_min} and {self.beta_max}",
        )
        _require(
            self.num_timesteps * -math.log1p(-self.beta_min) <= MAX_LOG_DECAY,
            f"betas of {self.beta_min} or more over {self.num_timesteps} timesteps leave nothing of a picture",
        )


def check_colours(palette: Sequence[Colour]) -> None:
    """Raises ConfigError for colours that are none, or that are there twice."""
    _require(
        all(0 <= value <= 255 for colour in palette for value in colour),
        "a palette's colours must be three numbers from 0 to 255",
    )
    _require(len(set(palette)) == len(palette), "a palette must not hold a colour twice")


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError(message + ".")
