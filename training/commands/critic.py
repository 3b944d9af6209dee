"""The command `critic`: a critic for a model, which chooses among what it makes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pixelforge.console import progress_bar, report
from pixelforge.core.sampling import Sampling
from pixelforge.options import with_options
from pixelforge.words import counted
from training.commands.shared import Device, Force, KeepBackground, show_lines
from training.critic.request import CriticRequest

if TYPE_CHECKING:
    from training.critic.fitting import CriticStep, Fitted
    from training.data.sprites import SpriteDataset


@with_options("sampling", Sampling, otherwise="the model's own")
@with_options("request", CriticRequest)
def critic(
    model: Annotated[Path, typer.Argument(help="The model file.", show_default=False)],
    data: Annotated[Path, typer.Option(help="The folder that it was trained on.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The model file with its critic.")] = Path("with-critic.safetensors"),
    keep_background: KeepBackground = False,
    device: Device = "auto",
    force: Force = False,
    *,
    request: CriticRequest,
    sampling: dict[str, Any],
) -> None:
    """Give a model a critic: a small network in its file, by which `generate --best-of` chooses among what is made.

    The model makes sprites for the words of its drawn ones, and the critic learns to tell these from those, and to name
    kinds. It is less than a megabyte, and the file makes all that it made before as before. It knows best what is made
    as those sprites were; a few steps of ddim are made soonest.
    """
    from pixelforge.core.checkpoint import load_checkpoint
    from pixelforge.core.critic import CriticWords
    from pixelforge.core.device import pick_device
    from pixelforge.errors import OutputError, Remedy
    from pixelforge.files import check_writable
    from training.critic.examples import make_examples, split_unseen
    from training.critic.fitting import fit
    from training.critic.saving import save_with_critic
    from training.evaluation.reals import Reals

    if out.exists() and not force:
        raise OutputError(f"{out} is there already.", Remedy.REPLACE)
    check_writable(out.resolve().parent)
    checkpoint = load_checkpoint(model)
    asked = checkpoint.header.sampling(sampling)
    reals = Reals.load(data, checkpoint.header.model.image_size, request.holdout, request.seed, keep_background)
    show_lines(reals.warnings)
    words = CriticWords.of(checkpoint.header)
    making = make_examples(
        checkpoint, reals.training, asked, request.sprites, request.seed, pick_device(device), request.is_due
    )
    made = _made(making, request.sprites)
    known, unseen = split_unseen(reals.training, made, words, request.seed)
    fitted = _fitted(fit(known, unseen, words, request.rounds, request.word_weight, request.seed), request.rounds)
    save_with_critic(out, checkpoint, fitted)
    learnt = counted(fitted.facts.learnt, "made sprite")
    report(f"Of {learnt} it learnt to tell {fitted.facts.area:.0%} of unseen pairs, a made and a drawn sprite.")
    report(f"It names the kind of {fitted.kinds_right:.0%} of unseen drawn ones. Model: {out}")


def _made(events: Iterator[int | SpriteDataset], total: int) -> SpriteDataset:
    with progress_bar() as bar:
        task = bar.add_task("sprites", total=total)
        for event in events:
            if not isinstance(event, int):
                return event
            bar.advance(task, event)
    raise AssertionError("the last event holds the sprites")


def _fitted(events: Iterator[CriticStep | Fitted], rounds: int) -> Fitted:
    from training.critic.fitting import Fitted

    with progress_bar() as bar:
        task = bar.add_task("learning", total=rounds)
        for event in events:
            if isinstance(event, Fitted):
                return event
            bar.update(task, completed=event.step, description=f"loss {event.loss:.3f}")
    raise AssertionError("the last event holds the critic")
