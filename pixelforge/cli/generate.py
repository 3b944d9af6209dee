"""The command that makes sprites."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pixelforge import console
from pixelforge.cli import options as option
from pixelforge.cli.order import Order, asked_conditions, listed, quality_of
from pixelforge.core.condition import Condition
from pixelforge.core.sampling import Sampling
from pixelforge.options import with_options
from pixelforge.processes import Place
from pixelforge.words import counted

if TYPE_CHECKING:
    from pixelforge.core.header import ModelHeader
    from pixelforge.services.requests import GenerationRequest
    from pixelforge.services.saving import Writer

MOST_NAMED = 6  # kinds and classes that a count leaves out


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
    conditions = asked_conditions(path, header, order, words)
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


def _tell_left_out(request: GenerationRequest) -> None:
    """Name the conditions that a count leaves without a sprite."""
    if request.count < len(request.conditions):
        made = {request.condition_of(index) for index in range(request.count)}
        left_out = [one.kind or one.label for one in request.conditions if one not in made]
        more = f" and {len(left_out) - MOST_NAMED} more" if len(left_out) > MOST_NAMED else ""
        console.report(f"A count of {request.count} leaves out {', '.join(left_out[:MOST_NAMED])}{more}.")


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
    network = loaded.network(request.sampling.sampler)
    return {"device": network.device, "engine": network.name}
