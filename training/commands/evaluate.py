"""The command `evaluate`: a table of how good a model is."""

from __future__ import annotations

from itertools import product
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from pixelforge.console import progress_bar, report
from training.commands.shared import Device, KeepBackground, show_lines

if TYPE_CHECKING:
    from training.evaluation.judges import Figures


def evaluate(
    model: Annotated[Path, typer.Argument(help="A model file.", show_default=False)],
    data: Annotated[Path, typer.Option(help="The folder that it was trained on.", show_default=False)],
    count: Annotated[int, typer.Option(help="Sprites to make for every row.", min=16)] = 1000,
    guidance: Annotated[list[float] | None, typer.Option(help="One row each; default: the model's own.")] = None,
    sampler: Annotated[list[str] | None, typer.Option(help="One row each; default: the model's own.")] = None,
    steps: Annotated[list[int] | None, typer.Option(help="One row each; default: the model's own.")] = None,
    keep_background: KeepBackground = False,
    holdout: Annotated[float, typer.Option(help="As in training.")] = 0.1,
    seed: Annotated[int, typer.Option(help="As in training; generated sprites have seeds from 0.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the figures there as JSON.")] = None,
    recommend: Annotated[
        bool, typer.Option("--recommend", help="Write the row with the least KID into the model file as its defaults.")
    ] = False,
    device: Device = "auto",
) -> None:
    """Compare a model's sprites with the real ones, those it learnt from and those it never saw.

    Five small classifiers are trained first, 20 seconds to three minutes on two cores; KID is their mean, with its
    standard error. The row of held-out reals is what to measure the others by.
    """
    from pixelforge.core.checkpoint import load_checkpoint
    from pixelforge.core.device import pick_device
    from pixelforge.core.sampling import Sampling
    from pixelforge.files import check_writable, replacing
    from training.evaluation.judges import Evaluator, Figures, check_classes, score_settings, write_recommendation

    checkpoint, chosen = load_checkpoint(model), pick_device(device)
    if out is not None:
        check_writable(out.parent)
    recommended = checkpoint.header.recommended
    rows = [
        Sampling(sampler=name, steps=number, guidance_scale=scale)
        for name, number, scale in product(
            sampler or [recommended.sampler], steps or [recommended.steps], guidance or [recommended.guidance_scale]
        )
    ]
    for row in rows:
        row.check_steps(checkpoint.header.diffusion.num_timesteps)
    evaluator = Evaluator(data, checkpoint.header.model.image_size, holdout, seed, keep_background)
    show_lines(evaluator.warnings)
    check_classes(checkpoint.header.class_names, evaluator.training)
    figures = [evaluator.score_heldout()]
    with progress_bar() as bar:
        for settings in rows:
            name = f"{settings.sampler} {settings.steps} steps, w {settings.guidance_scale:g}"
            task = bar.add_task(name, total=count)
            for event in score_settings(evaluator, checkpoint, name, settings, count, chosen):
                if isinstance(event, Figures):
                    figures.append(event)
                else:
                    bar.advance(task, event)
    typer.echo(_table(figures))
    if recommend:
        best = min(zip(rows, figures[1:], strict=True), key=lambda pair: pair[1].kid)[0]
        write_recommendation(model, best)
        report(f"Default of {model}: {best.sampler}, {best.steps} steps, guidance {best.guidance_scale:g}")
    if out is not None:
        with replacing(out) as part:
            part.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2))


def _table(figures: list[Figures]) -> str:
    lines = [
        "| sprites | n | KID x1000 | FID | class accuracy | near copies | nearest | diversity | colours |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.name} | {row.sprites} | {row.kid:.1f} ± {row.kid_error:.1f} | {row.fid:.1f} | "
        f"{row.class_accuracy:.2f} | {row.near_copies:.1%} | {row.nearest:.3f} | {_ratio(row.diversity)} | "
        f"{row.colours:.1f} |"
        for row in figures
    ]
    return "\n".join(lines)


def _ratio(value: float) -> str:
    return "-" if isnan(value) else f"{value:.2f}"
