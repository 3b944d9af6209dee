"""The command `symmetries`: what a model that was trained before there were any knows of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pixelforge.console import report
from training.commands.shared import Force, KeepBackground, show_lines


def symmetries(
    model: Annotated[Path, typer.Argument(help="The model file.", show_default=False)],
    data: Annotated[Path, typer.Option(help="The folder that it was trained on.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The model file with its symmetries.")] = Path("symmetric.safetensors"),
    keep_background: KeepBackground = False,
    force: Force = False,
) -> None:
    """Tell a model which of the sprites that it was trained on are mirror images of themselves.

    A seed then draws that as well, as it draws a scheme of colours. Models that are trained from now on know it.
    """
    from pixelforge.core.checkpoint import as_small, load_checkpoint, save_checkpoint
    from pixelforge.errors import OutputError, Remedy, TrainingError
    from pixelforge.files import check_writable
    from training.data.choosing import of_known
    from training.data.indexed import IndexedSprites, styled
    from training.data.sprites import load_sprites
    from training.data.symmetries import with_symmetries

    if out.exists() and not force:
        raise OutputError(f"{out} is there already.", Remedy.REPLACE)
    check_writable(out.resolve().parent)
    checkpoint = load_checkpoint(model)
    words, bank = checkpoint.header.words, checkpoint.bank
    if words is None or bank is None:
        raise TrainingError(f"{model} has no bank of colour schemes: it draws in its own colours alone.")
    found = styled(load_sprites(data, checkpoint.header.model.image_size, keep_background))
    show_lines(found.warnings)
    sprites = of_known(found, checkpoint.header.class_names, [style.name for style in words.styles])
    told = with_symmetries(bank, IndexedSprites.of(sprites, words).bank())
    weights, student = as_small(checkpoint.weights), checkpoint.student_weights
    save_checkpoint(out, checkpoint.header, weights, told, student=student, critic=checkpoint.critic)
    symmetric = told.weights[told.symmetries > 0].sum() / told.weights.sum()
    report(f"{symmetric:.0%} of what it is asked for will be symmetric. Model: {out}")
