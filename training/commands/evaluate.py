"""The command `evaluate`: a table of how good a model is, and the panel by which people judge it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from pixelforge.console import progress_bar, report, say
from pixelforge.core.sampler import INSTANT
from pixelforge.options import with_options
from pixelforge.training_part import need_torch
from training.commands.shared import Device, KeepBackground, show_lines
from training.evaluation.among import Among

if TYPE_CHECKING:
    from pixelforge.core.checkpoint import Checkpoint
    from pixelforge.core.header import ModelHeader
    from pixelforge.core.sampling import Sampling
    from pixelforge.imaging.pixels import Pixels
    from training.data.sprites import SpriteDataset
    from training.evaluation.figures import Figures
    from training.evaluation.making import MadeSprites
    from training.evaluation.reals import Reals


@dataclass(frozen=True, kw_only=True)
class Rows:
    """With what settings sprites are made: a row of the table for each combination."""

    guidance: Annotated[list[float] | None, typer.Option(help="One row each; default: the model's own.")] = None
    sampler: Annotated[list[str] | None, typer.Option(help="One row each; default: the model's own.")] = None
    steps: Annotated[list[int] | None, typer.Option(help="One row each; default: the model's own.")] = None
    best_of: Annotated[
        int,
        typer.Option(
            help="Make so many for each sprite, and judge the one that the model's critic likes best.", min=1, max=16
        ),
    ] = 1

    def check(self, header: ModelHeader) -> None:
        """Raises RequestError for a choice that the model has no critic for."""
        from pixelforge.errors import Remedy, RequestError

        if self.best_of > 1 and header.critic is None:
            raise RequestError("That model has no critic, which would choose the best of several.", Remedy.CRITIC)

    def of(self, header: ModelHeader) -> list[Sampling]:
        """The settings. Raises RequestError for those that a model cannot be sampled with."""
        own, rows = header.recommended, []
        numbers: list[int | None] = [*self.steps] if self.steps else [None]  # its own
        for name, steps, scale in product(
            self.sampler or [own.sampler], numbers, self.guidance or [own.guidance_scale]
        ):
            given: dict[str, Any] = {"sampler": name, "guidance_scale": scale}
            if steps is not None or name != INSTANT:  # which has steps of its own
                given["steps"] = own.steps if steps is None else steps
            rows.append(header.sampling(given))
        return rows


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """What is to be looked at; of several settings, sprites of the first."""

    panel: Annotated[
        Path | None,
        typer.Option(
            help="Write the picture of a blind panel, real and made sprites shuffled, and its key beside it "
            "(.key.json); `pixelforge panel` counts the answers."
        ),
    ] = None
    panel_count: Annotated[
        int, typer.Option(help="Real sprites in the panel, and as many made for the same words.", min=1, max=500)
    ] = 50
    panel_seed: Annotated[
        int, typer.Option(help="Draws the panel's sprites and shuffles them: another one, another panel.", min=0)
    ] = 0
    pairs: Annotated[
        Path | None, typer.Option(help="Write a picture of the 24 made sprites nearest to drawn ones, beside those.")
    ] = None

    def check(self) -> None:
        """Raises RequestError or OutputError for what cannot be written."""
        from pixelforge.errors import RequestError
        from pixelforge.files import check_writable

        for path in filter(None, (self.panel, self.pairs)):
            if path.suffix.lower() != ".png":
                raise RequestError(f"{path}: that picture is a .png.")
            check_writable(path.parent)


@dataclass(frozen=True, kw_only=True)
class Table:
    """What is to be counted, and where the figures go."""

    count: Annotated[int, typer.Option(help="Sprites to make for every row.", min=16)] = 1000
    figures: Annotated[
        bool, typer.Option("--figures/--no-figures", help="Print the figures; without them, pictures alone.")
    ] = True
    judges: Annotated[
        int, typer.Option(help="Classifiers behind KID and class accuracy: fewer are quicker and less sure.", min=2)
    ] = 5
    out: Annotated[Path | None, typer.Option(help="Write the figures there as JSON.")] = None
    recommend: Annotated[
        bool, typer.Option("--recommend", help="Write the row with the least KID into the model file as its defaults.")
    ] = False

    def check(self) -> None:
        """Raises OutputError if the figures cannot be written."""
        from pixelforge.files import check_writable

        if self.out is not None:
            check_writable(self.out.parent)


@dataclass(frozen=True, kw_only=True)
class Split:
    """How the folder is read and what of it is held out."""

    keep_background: KeepBackground = False
    holdout: Annotated[float, typer.Option(help="As in training.")] = 0.1
    seed: Annotated[int, typer.Option(help="As in training; generated sprites have seeds from 0.")] = 0
    leave_out: Annotated[
        Path | None,
        typer.Option(help="As in training: a text with the path of a sprite a line."),
    ] = None

    def load(self, data: Path, header: ModelHeader, among: Among) -> Reals:
        """The real sprites. Raises DatasetError, also for classes that the model does not make, and RequestError."""
        from training.data.leaving import read_names
        from training.evaluation.reals import Reals, check_classes, unknown_words

        size = header.model.image_size
        leave_out = () if self.leave_out is None else read_names(self.leave_out)
        reals = Reals.load(data, size, self.holdout, self.seed, self.keep_background, among, leave_out)
        show_lines([*reals.warnings, *unknown_words(reals.reference, header)])
        check_classes(header.class_names, reals.reference)
        return reals


@with_options("rows", Rows)
@with_options("among", Among)
@with_options("pictures", Pictures)
@with_options("table", Table)
@with_options("split", Split)
def evaluate(
    model: Annotated[Path, typer.Argument(help="A model file.", show_default=False)],
    data: Annotated[Path, typer.Option(help="The folder that it was trained on.", show_default=False)],
    device: Device = "auto",
    *,
    rows: Rows,
    among: Among,
    pictures: Pictures,
    table: Table,
    split: Split,
) -> None:
    """Compare a model's sprites with the real ones, those it learnt from and those it never saw.

    Sprites are asked for as real ones of the folder are: of the same class, kind and style, as far as the model knows
    the words. Five small classifiers are trained first, half a minute to five minutes on two cores; KID is their mean,
    with its standard error. One more tells kinds, of all styles. The row of held-out reals is what to measure the
    others by: those classifiers do not tell all of the sprites that they never saw, either.

    The two-sample test asks a classifier that has not seen these very sprites which of a made and a real one is made:
    0.5 is chance, 1 is always right. For the row of held-out reals it is made between them and training sprites.

    What these figures cannot see: whether a sprite is any good. Classifiers as small as these look at colours and
    textures, and call mush as good as real: KID and class accuracy of version 0.1's model are as good as those of real
    sprites, while people told made from drawn in nine of ten and could name two of five. A two-sample area near 0.5
    says that nothing was found, not that there is nothing. Copies are seen as near copies only (--pairs shows the
    nearest). So use the figures to find out what is worse; what is good, only people's eyes on a panel decide
    (--panel).
    """
    need_torch("Measuring models")
    from pixelforge.core.checkpoint import load_checkpoint
    from pixelforge.core.device import pick_device

    checkpoint = load_checkpoint(model)
    settings = rows.of(checkpoint.header)
    rows.check(checkpoint.header)
    pictures.check()
    table.check()
    workshop = Workshop(checkpoint, pick_device(device), rows.best_of)
    reals = split.load(data, checkpoint.header, among)
    if pictures.panel is not None:
        _write_panel(workshop, reals, settings[0], pictures, pictures.panel, model.stem)
    if table.figures:
        found = _judge(workshop, reals, settings, table, pictures.pairs)
        if table.recommend:
            _recommend(model, settings, found[1:])
    elif pictures.pairs is not None:
        from training.evaluation.reals import evenly

        made = workshop.make(evenly(reals.reference, table.count), settings[0])
        _write_pairs(made.sprites, reals, pictures.pairs)


@dataclass(frozen=True, eq=False)
class Workshop:
    """A model on its device, whose sprites are waited for at a progress bar."""

    checkpoint: Checkpoint
    device: str
    best_of: int

    def name(self, sampling: Sampling) -> str:
        """What sprites that are made so are called."""
        told = f"{sampling.sampler} {sampling.steps} steps, w {sampling.guidance_scale:g}"
        return f"{told}, best of {self.best_of}" if self.best_of > 1 else told

    def make(self, like: SpriteDataset, sampling: Sampling, first_seed: int = 0) -> MadeSprites:
        """A sprite for the words of each real one."""
        from training.evaluation.making import make_like

        with progress_bar() as bar:
            task = bar.add_task(self.name(sampling), total=len(like) * self.best_of)
            for event in make_like(self.checkpoint, like, sampling, first_seed, self.device, self.best_of):
                if not isinstance(event, int):
                    return event
                bar.advance(task, event)
        raise AssertionError("the last event holds the sprites")


def _judge(
    workshop: Workshop, reals: Reals, settings: Sequence[Sampling], table: Table, pairs: Path | None
) -> list[Figures]:
    """Print and write the figures: of held-out reals, then a row for each of the settings."""
    from pixelforge.files import replacing
    from training.evaluation.figures import tables
    from training.evaluation.judges import Evaluator
    from training.evaluation.reals import evenly

    evaluator = Evaluator(reals, table.judges)
    like, found = evenly(reals.reference, table.count), [evaluator.score_heldout()]
    for number, sampling in enumerate(settings):
        made = workshop.make(like, sampling)
        if pairs is not None and number == 0:
            _write_pairs(made.sprites, reals, pairs)
        found.append(evaluator.score(workshop.name(sampling), made.sprites, made.like))
    for line in tables(found).splitlines():
        say(line)
    if table.out is not None:
        with replacing(table.out) as part:
            part.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2))
    return found


def _write_panel(
    workshop: Workshop, reals: Reals, sampling: Sampling, pictures: Pictures, target: Path, model: str
) -> None:
    from training.evaluation.panel import PanelReals, write_panel

    real = PanelReals.choose(reals, pictures.panel_count, pictures.panel_seed)
    first_seed = pictures.panel_seed * pictures.panel_count * workshop.best_of
    made = workshop.make(real.sprites, sampling, first_seed)
    key = write_panel(target, real, made, model, pictures.panel_seed)
    count = len(real.sprites)
    report(f"Panel: {target}, {count} real sprites ({real.held_out} held out) and {count} made; its key: {key}")


def _write_pairs(made: Pixels, reals: Reals, target: Path) -> None:
    from pixelforge.imaging.png import write_png
    from training.evaluation.copies import NearestPairs

    pairs = NearestPairs.of(made, reals.training)
    write_png(target, pairs.picture())
    nearest, farthest = pairs.distances[0], pairs.distances[-1]
    report(f"Nearest pairs, made beside drawn: {target}, at distances from {nearest:.3f} to {farthest:.3f}")


def _recommend(model: Path, settings: Sequence[Sampling], found: Sequence[Figures]) -> None:
    from training.evaluation.judges import write_recommendation

    best = min(zip(settings, found, strict=True), key=lambda pair: pair[1].kid)[0]
    write_recommendation(model, best)
    report(f"Default of {model}: {best.sampler}, {best.steps} steps, guidance {best.guidance_scale:g}")
