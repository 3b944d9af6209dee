"""Which weights a network has, by name and shape, found without building it: core/unet.py and what grows on it.

A file of weights is checked against this, whatever engine runs them.
"""

from __future__ import annotations

from collections.abc import Iterator

from pixelforge.core.config import ModelConfig
from pixelforge.core.copying import OFFSETS
from pixelforge.core.embedding import OCTAVES

EMBED_FACTOR = 4  # embedding width in base widths
GUIDANCE_HIDDEN = 64  # of the layers that a guidance_scale goes through
PALETTE_HIDDEN = 64  # of those that a palette's colours go through
PALETTE_FEATURES = 3 * (1 + 2 * len(OCTAVES))  # of a colour

Shape = tuple[int, ...]
Named = Iterator[tuple[str, Shape]]


def embed_width_of(config: ModelConfig) -> int:
    """The width of the time and condition embeddings."""
    return config.embed_width or EMBED_FACTOR * config.base_width


def weight_shapes(config: ModelConfig) -> dict[str, Shape]:
    """The shape of every weight of a context_unet."""
    assert config.architecture == "context_unet"
    return dict(_all(config))


def _all(config: ModelConfig) -> Named:
    width, embed, channels = config.base_width, embed_width_of(config), config.channels
    yield from _two_layers("time_mlp", width, embed, embed)
    yield "label_emb.weight", (config.num_conditions, embed)
    if config.augment_dim:
        yield "augment_emb.weight", (embed, config.augment_dim)
    if config.guided:
        yield from _two_layers("guidance_mlp", 1, GUIDANCE_HIDDEN, embed)
    yield from _layer("init_conv", (width, channels, 3, 3))
    yield from _unet(config)
    last = width * config.multipliers[0]
    yield from _layer("out_norm", (last,))
    yield from _layer("out_conv", (config.out_channels, last, 3, 3))
    if config.prediction in ("pointer", "copy"):
        yield from _palette(config.pointer_width, embed)
    if config.prediction == "copy":
        yield from _layer("places", (len(OFFSETS), config.pointer_width, 1, 1))


def _unet(config: ModelConfig) -> Named:
    """The way down, the bottleneck, the way up."""
    skips = [config.base_width]
    index, levels = 0, list(enumerate(config.multipliers))
    for level, multiplier in levels:
        for _ in range(config.blocks_per_level):
            yield from _stage(f"downs.{index}", skips[-1], config.base_width * multiplier, config, level)
            skips.append(config.base_width * multiplier)
            index += 1
        if level < len(levels) - 1:
            yield from _layer(f"downs.{index}", (skips[-1], skips[-1], 3, 3))
            skips.append(skips[-1])
            index += 1
    current = skips[-1]
    yield from _block("mid.0", current, current, config)
    yield from _attention("mid.1", current)
    yield from _block("mid.2", current, current, config)
    index = 0
    for level, multiplier in reversed(levels):
        for _ in range(config.blocks_per_level + 1):
            yield from _stage(f"ups.{index}", current + skips.pop(), config.base_width * multiplier, config, level)
            current = config.base_width * multiplier
            index += 1
        if level > 0:
            yield from _layer(f"ups.{index}", (current, current, 3, 3))
            index += 1


def _stage(name: str, in_width: int, out_width: int, config: ModelConfig, level: int) -> Named:
    yield from _block(f"{name}.block", in_width, out_width, config)
    if level in config.attention_levels:
        yield from _attention(f"{name}.attention", out_width)


def _block(name: str, in_width: int, out_width: int, config: ModelConfig) -> Named:
    yield from _layer(f"{name}.norm1", (in_width,))
    yield from _layer(f"{name}.conv1", (out_width, in_width, 3, 3))
    yield from _layer(f"{name}.modulation", (2 * out_width, embed_width_of(config)))
    yield from _layer(f"{name}.norm2", (out_width,))
    yield from _layer(f"{name}.conv2", (out_width, out_width, 3, 3))
    if in_width != out_width:
        yield from _layer(f"{name}.skip", (out_width, in_width, 1, 1))


def _attention(name: str, width: int) -> Named:
    yield from _layer(f"{name}.norm", (width,))
    yield from _layer(f"{name}.qkv", (3 * width, width, 1, 1))
    yield from _layer(f"{name}.proj_out", (width, width, 1, 1))


def _palette(width: int, embed: int) -> Named:
    hidden = PALETTE_HIDDEN
    yield from _two_layers("palette.colour", PALETTE_FEATURES, hidden, hidden)
    yield from _two_layers("palette.key", 2 * hidden, hidden, width)
    yield from _two_layers("palette.whole", hidden + 1, hidden, embed)
    yield "palette.transparent", (width,)


def _two_layers(name: str, first: int, hidden: int, last: int) -> Named:
    """Two linear layers with something between them that has no weights."""
    yield from _layer(f"{name}.0", (hidden, first))
    yield from _layer(f"{name}.2", (last, hidden))


def _layer(name: str, weight: Shape) -> Named:
    yield f"{name}.weight", weight
    yield f"{name}.bias", weight[:1]
