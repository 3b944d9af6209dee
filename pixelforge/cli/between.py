"""The command that makes the sprites between two."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pixelforge.cli import options as option
from pixelforge.cli.generate import make
from pixelforge.cli.order import Order
from pixelforge.options import with_options

if TYPE_CHECKING:
    from pixelforge.core.header import ModelHeader
    from pixelforge.services.requests import GenerationRequest
    from pixelforge.services.sprites import Sprite

Picture = Annotated[Path, typer.Argument(help="A picture of one sprite.", show_default=False)]


@with_options("choices", option.SheetChoices)
def between(
    first: Picture,
    second: Picture,
    count: Annotated[int, typer.Option(help="Sprites between the two, 1 to 1000.", min=1, max=1000)] = 7,
    seed: Annotated[int, typer.Option(help="Of variations, where there is no noise between.")] = 0,
    model: Annotated[
        str | None,
        typer.Option(
            help="A model's name or file, to vary pictures that dissolve from one sprite into the other. Default: the "
            "model that made both, from noise between theirs; else the default model, as told.",
            show_default=False,
        ),
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto",
    engine: Annotated[str, typer.Option(help="What runs the network: auto, onnxruntime or torch.")] = "auto",
    out: Annotated[Path, typer.Option(help="As of `generate`: a .png is one sheet.")] = Path("between.png"),
    json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON.")] = False,
    *,
    choices: option.SheetChoices,
) -> None:
    """Make the sprites between two, step by step from one to the other."""
    from pixelforge.core.header import read_header
    from pixelforge.services.between import between_noise, maker_of, meet
    from pixelforge.services.model_library import find_model, list_models
    from pixelforge.services.starting import read_one

    sprites = read_one(first), read_one(second)
    maker = maker_of(sprites, list_models()) if model is None else None
    one, other = (sprite.recipe for sprite in sprites)
    order = Order(device=device, engine=engine, out=out, json=json, seed=seed, model=model or Order.model)
    if maker is not None and maker.header is not None and one is not None and other is not None and meet(one, other):
        make(between_noise(one, other, count), maker.path, maker.header, order, choices)
        return
    path = find_model(order.model)
    header = read_header(path)
    make(_between_pictures(sprites, count, seed, header), path, header, order, choices)


def _between_pictures(sprites: tuple[Sprite, Sprite], count: int, seed: int, header: ModelHeader) -> GenerationRequest:
    from pixelforge.services.between import between_pictures
    from pixelforge.services.requests import make_request, of_classes

    asked = make_request(header, of_classes(header.class_names[:1]), count=1, seed=seed)
    return between_pictures(*sprites, count, header, asked)
