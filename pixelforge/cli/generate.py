"""The command that makes sprites."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pixelforge import console
from pixelforge.cli import options as option
from pixelforge.core.condition import Condition, Scheme
from pixelforge.core.sampling import Sampling
from pixelforge.options import with_options
from pixelforge.processes import Place
from pixelforge.services.paths import DEFAULT_MODEL
from pixelforge.words import counted

if TYPE_CHECKING:
    from pixelforge.core.header import ModelHeader
    from pixelforge.services.requests import GenerationRequest
    from pixelforge.services.saving import Writer

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


@with_options("choices", option.SheetChoices)
@with_options("sampling", Sampling, otherwise="the model's own")
@with_options("words", Condition, otherwise="any")
@with_options("order", Order)
def generate(
    list_: Annotated[
        Path | None,
        typer.Option(
            "--list",
            help="Make all that a table asks for, a line a sprite: a .csv whose first line names its columns, of kind, "
            "class, style, colour, size, count, seed and name. Files and engine files bear the names.",
            show_default=False,
        ),
    ] = None,
    *,
    order: Order,
    words: dict[str, Any],
    sampling: dict[str, Any],
    choices: option.SheetChoices,
) -> None:
    """Make sprites and save them."""
    from pixelforge.core.header import read_header
    from pixelforge.services.model_library import find_model
    from pixelforge.services.requests import make_request

    path = find_model(order.model)
    header = read_header(path)
    sampling |= quality_of(header, order, sampling)
    if list_ is not None:
        request, names = listed(list_, path, header, order, words, sampling)
        make(request, path, header, order, choices, names)
        return
    conditions = conditions_of(path, header, order, words)
    count = len(conditions) if order.count is None else order.count
    request = make_request(header, conditions, count=count, seed=order.seed, sampling=sampling, best_of=order.best_of)
    make(request, path, header, order, choices)


def make(
    request: GenerationRequest,
    path: Path,
    header: ModelHeader,
    order: Order,
    choices: option.SheetChoices,
    names: tuple[str, ...] = (),
) -> None:
    """Make the sprites of a request by the model in a file, and save and tell them as it is ordered.

    names: of the sprites, as `Destination` has them.
    """
    from pixelforge.core.header import file_sha256
    from pixelforge.errors import RequestError
    from pixelforge.files import as_text
    from pixelforge.services.requests import in_palette
    from pixelforge.services.saving import Destination

    rule = choices.palette_rule(header.model.palette)
    if rule is not None and rule.reduce_to is None:
        request = in_palette(request, rule, header)  # so that recipes tell of it
        rule = None
    place = Place.of_this()
    if place.count > 1 and order.out.suffix:
        raise RequestError("Several processes write one file a sprite: name a folder in --out.")
    sha256 = file_sha256(path)
    destination = Destination(
        target=order.out,
        request=request,
        model=as_text(path.stem),
        model_sha256=sha256,
        options=choices.export_options(rule),
        part=place.share(request.count),
        side=header.model.image_size,
        names=names,
    )
    writer = destination.writer(option.may_replace(destination.in_the_way(), choices.force))
    _tell_left_out(request)
    started = time.perf_counter()
    used = _generate_into(writer, request, path, order)
    _summarise(
        request,
        len(place.share(request.count)),
        writer.written,
        path,
        sha256,
        used,
        time.perf_counter() - started,
        order.json,
    )


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


def conditions_of(path: Path, header: ModelHeader, order: Order, told: dict[str, Any]) -> tuple[Condition, ...]:
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


def _tell_left_out(request: GenerationRequest) -> None:
    """Name the conditions that a count leaves without a sprite."""
    if request.count < len(request.conditions):
        made = {request.condition_of(index) for index in range(request.count)}
        left_out = ", ".join(condition.label for condition in request.conditions if condition not in made)
        console.report(f"A count of {request.count} leaves out {left_out}.")


def _summarise(
    request: GenerationRequest,
    count: int,
    written: tuple[Path, ...],
    model: Path,
    model_sha256: str,
    used: dict[str, str],
    seconds: float,
    json: bool,
) -> None:
    if not json:
        console.report(f"{counted(count, 'sprite')} in {seconds:.1f} s: {', '.join(map(str, written))}")
        return
    from pixelforge.files import as_text

    summary = {
        "out": as_text(written[0]),
        "files": [as_text(path) for path in written],
        "count": count,
        "classes": list(request.labels),
        "seed": request.seed,
        **asdict(request.sampling),
        "model": as_text(model),
        "model_sha256": model_sha256,
        **used,
        "seconds": round(seconds, 3),
    }
    console.say_json(summary, indent=0)


def _generate_into(writer: Writer, request: GenerationRequest, model: Path, order: Order) -> dict[str, str]:
    """Make the sprites; the device and the engine that made them."""
    from pixelforge.services.generation import generate, load_model
    from pixelforge.services.requests import Finished, Notice, Progress

    loaded, part = load_model(model, order.device, order.engine), Place.of_this().share(request.count)
    with console.progress_bar(shown=part.start == 0) as bar:
        task = bar.add_task("sprites", total=part.stop, completed=part.start)
        for event in generate(loaded, request, part=part):
            if isinstance(event, Progress):
                bar.update(task, completed=event.first + event.size * event.step / event.steps)
                if event.noisy is not None:
                    writer.preview(event.first, event.noisy)
            elif isinstance(event, Finished):
                writer.add(event)
            elif isinstance(event, Notice):
                bar.console.print(console.visible(event.text), markup=False, highlight=False)
    writer.close()
    return {"device": loaded.backend.device, "engine": loaded.backend.name}
