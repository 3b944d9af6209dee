"""What is asked for on the command line: the options of all commands that make sprites, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pixelforge.core.condition import Condition, Scheme
from pixelforge.services.paths import DEFAULT_MODEL

if TYPE_CHECKING:
    from pixelforge.core.header import ModelHeader
    from pixelforge.services.requests import GenerationRequest

ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is made, by which model, and where it goes: each field is an option."""

    asked: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORDS",
            help="What to make, in the model's words: `red dragon`, `potion sword`. Several kinds share the count.",
            show_default=False,
        ),
    ] = None
    classes: Annotated[
        list[str] | None,
        typer.Option(
            "--class",
            help="Class to make; repeat it for several, or `all`. It may be left out where words, a kind, style, "
            "colour or size are given.",
            show_default=False,
        ),
    ] = None
    count: Annotated[
        int | None, typer.Option(help="Sprites in all; several classes share them evenly. Default: one a class.")
    ] = None
    best_of: Annotated[
        int,
        typer.Option(
            help="1 to 16: for each sprite make so many, and keep the one that the model's critic likes best (see "
            "`pixelforge critic`)."
        ),
    ] = 1
    seed: Annotated[int, typer.Option(help="Of the first sprite; sprite i has seed + i.")] = 0
    scheme: Annotated[
        str | None,
        typer.Option(
            help="The few colours that every sprite is drawn in: `#rrggbb,#rrggbb`, a palette's name or file, or a "
            "sprite that has them; `whole` for all of the palette. Default: drawn by each sprite's seed."
        ),
    ] = None
    quality: Annotated[
        str | None,
        typer.Option(
            help="In place of sampler and steps: instant (of models with a student: see `pixelforge distill`), "
            "fast, fine (what the model recommends) or classic (every step). Default: fine."
        ),
    ] = None
    model: Annotated[str, typer.Option(help="A model's name (see `pixelforge models list`) or file.")] = DEFAULT_MODEL
    device: Annotated[str, typer.Option(help="auto, cuda, mps or cpu.")] = "auto"
    engine: Annotated[
        str, typer.Option(help="What runs the network: auto, onnxruntime (on a CPU, where it is the faster) or torch.")
    ] = "auto"
    out: Annotated[
        Path,
        typer.Option(
            help="A .png is one sheet; a .gif or .apng shows the sprites forming; a folder gets one file a sprite, "
            "in a folder a class."
        ),
    ] = Path("sprites.png")
    json: Annotated[bool, typer.Option("--json", help="Print a summary as JSON.")] = False


def listed(
    path: Path, model: Path, header: ModelHeader, order: Order, told: dict[str, Any], sampling: dict[str, Any]
) -> tuple[GenerationRequest, tuple[str, ...]]:
    """What a list asks for, and the sprites' names. `told` fills in what its lines leave open. Raises RequestError."""
    from pixelforge.errors import RequestError
    from pixelforge.services.asking import offer_of
    from pixelforge.services.lists import read_list
    from pixelforge.services.requests import make_request

    if order.asked or order.classes or order.count is not None or "kind" in told:
        raise RequestError("The list says what to make: leave out words, --class, --kind and --count.")
    sprites = read_list(path, offer_of(model, header), order.seed, max(1, order.best_of))
    scheme = scheme_of(header, order)

    def whole(asked: Condition) -> Condition:
        return replace(asked, scheme=scheme, **{part: getattr(asked, part) or word for part, word in told.items()})

    request = make_request(
        header,
        tuple(map(whole, sprites.conditions)),
        count=len(sprites.names),
        seed=0,
        sampling=sampling,
        best_of=order.best_of,
    )
    return replace(request, seeds=sprites.seeds), sprites.names


def asked_conditions(path: Path, header: ModelHeader, order: Order, told: dict[str, Any]) -> tuple[Condition, ...]:
    """What is to be made, by words, classes and the options `told`. Raises RequestError for nothing."""
    from pixelforge.errors import RequestError
    from pixelforge.services.asking import Ask, offer_of, understood

    every = ALL in (order.classes or ()) and ALL not in header.class_names
    classes = header.class_names if every else tuple(dict.fromkeys(order.classes or ()))
    if not classes and not told and not order.asked:
        raise RequestError(f"Say what to make: --class with {', '.join(header.class_names)}, or all.")
    scheme = scheme_of(header, order)
    if not order.asked:
        return tuple(Condition(class_name=name, scheme=scheme, **told) for name in classes or (None,))
    offer = offer_of(path, header)
    words = understood(order.asked, offer)
    kinds = tuple(dict.fromkeys((*words.kinds, *filter(None, [told.pop("kind", None)]))))
    asked: Ask = replace(words, classes=tuple(dict.fromkeys((*words.classes, *classes))), kinds=kinds, **told)
    return tuple(replace(condition, scheme=scheme) for condition in asked.conditions(offer))


def quality_of(header: ModelHeader, order: Order, sampling: dict[str, Any]) -> dict[str, Any]:
    """Sampler and steps of the quality that is asked for; nothing where none is. Raises RequestError."""
    from pixelforge.errors import RequestError
    from pixelforge.services.quality import find_quality

    if order.quality is None:
        return {}
    if "sampler" in sampling or "steps" in sampling:
        raise RequestError("Give --quality, or --sampler and --steps, not both.")
    quality = find_quality(header, order.quality)
    return {"sampler": quality.sampler, "steps": quality.steps}


def scheme_of(header: ModelHeader, order: Order) -> Scheme | None:
    """The colours that are given; None: the seeds draw them. Raises RequestError."""
    from pixelforge.errors import RequestError
    from pixelforge.services.palettes import find_scheme

    if order.scheme is None:
        return None
    if header.model.prediction != "pointer":
        raise RequestError("That model draws in its own colours alone: leave out --scheme, or recolour by --palette.")
    return find_scheme(order.scheme)
