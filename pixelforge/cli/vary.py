"""The command that makes variations of a sprite, or of a part of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pixelforge.cli import options as option
from pixelforge.cli.generate import make
from pixelforge.cli.order import Order, asked_conditions, quality_of, scheme_of
from pixelforge.core.condition import Condition
from pixelforge.core.sampling import Sampling
from pixelforge.core.start import Keep
from pixelforge.options import with_options

if TYPE_CHECKING:
    from pixelforge.core.header import ModelHeader

USUAL_COUNT = 8


@with_options("keep", Keep)
@with_options("choices", option.SheetChoices)
@with_options("sampling", Sampling, otherwise="the model's own")
@with_options("words", Condition, otherwise="what the sprite was made for")
@with_options("order", Order)
def vary(
    sprite: Annotated[
        Path, typer.Argument(help="A picture of one sprite, of the model's size or with --fit.", show_default=False)
    ],
    mask: Annotated[
        Path | None,
        typer.Option(
            help="A picture of the same size: only where it is opaque and not black is the sprite made anew. "
            "Default: all of it."
        ),
    ] = None,
    strength: Annotated[
        float | None,
        typer.Option(
            help="0.05 to 1: how far the variations go; low keeps the sprite nearly as it is. Default: 0.5, with a "
            "mask 1."
        ),
    ] = None,
    fit: Annotated[
        Literal["nearest", "cut"] | None,
        typer.Option(
            help="What becomes of a picture that is not of the model's size: nearest scales it, cut takes its middle.",
            show_default=False,
        ),
    ] = None,
    *,
    order: Order,
    words: dict[str, Any],
    sampling: dict[str, Any],
    keep: Keep,
    choices: option.SheetChoices,
) -> None:
    """Make variations of a sprite, or of the part that a mask marks; the rest stays to the pixel."""
    from pixelforge.core.header import read_header
    from pixelforge.services.model_library import find_model
    from pixelforge.services.requests import make_request
    from pixelforge.services.starting import fitted, read_start

    path = find_model(order.model)
    header = read_header(path)
    sampling |= quality_of(header, order, sampling)
    start, made_for = read_start(sprite, mask, strength, keep)
    start = start if fit is None else fitted(start, header.model.image_size, fit)
    conditions = _conditions(path, header, order, words, made_for)
    count = USUAL_COUNT if order.count is None else order.count
    request = make_request(
        header, conditions, count=count, seed=order.seed, sampling=sampling, start=start, best_of=order.best_of
    )
    make(request, path, header, order, choices)


def _conditions(
    path: Path, header: ModelHeader, order: Order, words: dict[str, Any], made_for: Condition | None
) -> tuple[Condition, ...]:
    """What was asked for, else what the sprite was made for but for what is said now."""
    if order.asked or order.classes or made_for is None:
        return asked_conditions(path, header, order, words)
    scheme = scheme_of(header, order) or (None if words else made_for.scheme)  # other words have other colours
    return (replace(made_for, scheme=scheme, **words),)
