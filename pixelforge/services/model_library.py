"""The models that the user can choose from: those shipped with the app, and their own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pixelforge.core.condition import Condition
from pixelforge.core.header import SPRITES, ModelHeader, Provenance, read_header
from pixelforge.core.sampling import Sampling
from pixelforge.errors import CheckpointError, DatasetError, OutputError, RequestError
from pixelforge.files import parse_json, read_at_most, reason, rename_new, replacing, sync_folders
from pixelforge.imaging.pixels import Pixels, read_sprite
from pixelforge.services.icons import icons_path
from pixelforge.services.naming import NAME_LENGTH, safe_name
from pixelforge.services.paths import DEFAULT_MODEL, bundled_models_folder, user_models_folder
from pixelforge.training_part import need_torch
from pixelforge.turns import turn
from training.runs.folder import SAMPLE_SCALE

SUFFIX = ".safetensors"
MAX_FIGURES = 2**20  # bytes of a file of figures


@dataclass(frozen=True)
class ModelEntry:
    """A model file; `header` is None where it cannot be read, and `problem` says why."""

    name: str
    path: Path
    bundled: bool
    header: ModelHeader | None
    problem: str = ""


@dataclass(frozen=True)
class PartRow:
    """What `evaluate` measured of a class."""

    class_accuracy: float | None = None  # 0 to 1; None: there is too little to tell it by


@dataclass(frozen=True)
class FiguresRow:
    """A row of what `evaluate` measured: of the real sprites held out, or of the model's own."""

    name: str
    kid: float  # times 1000
    class_accuracy: float  # 0 to 1
    sprites: int = 0
    two_sample: float | None = None  # 0 to 1, as `training.evaluation.figures` has it; None as above
    by_class: dict[str, PartRow] = field(default_factory=dict)


def list_models(task: str | None = SPRITES) -> list[ModelEntry]:
    """The default model, other bundled ones, the user's own: those for a task and unreadable ones; None: all."""
    own = user_models_folder()
    entries = [
        _entry(path, bundled=folder != own)
        for folder in (bundled_models_folder(), own)
        for path in sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: (path.stem != DEFAULT_MODEL, path))
    ]
    return [entry for entry in entries if task is None or entry.header is None or entry.header.task == task]


def find_model(name_or_path: str) -> Path:
    """The file of a model named as `list_models` shows it, or the path itself. Raises RequestError."""
    for entry in list_models(None):
        if entry.name == name_or_path:
            return entry.path
    path = Path(name_or_path)
    if path.exists() or path.suffix:
        return path
    known = ", ".join(entry.name for entry in list_models())
    raise RequestError(f"There is no model {name_or_path!r}; there are {known}, or give the path of a model file.")


def import_model(source: Path, class_names: Sequence[str] = ()) -> ModelEntry:
    """Check a model file and copy it into the user's models; a notebook's .pth is converted on the way.

    class_names: for a .pth, which has none of its own. Raises CheckpointError, RequestError or OutputError.
    """
    target = user_models_folder() / f"{source.stem}{SUFFIX}"
    with _changing():
        if target.stem in (entry.name for entry in list_models(None)):
            raise RequestError(f"There is a model named {target.stem} already: rename {source.name} first.")
        if source.suffix.lower() in (".pth", ".pt"):
            _convert_notebook(source, target, tuple(class_names))
        else:
            from pixelforge.core.checkpoint import load_checkpoint

            load_checkpoint(source)
            _copy(source, target, new=True)
    return _entry(target, bundled=False)


def add_model(source: Path, name: str, grid: Path | None = None) -> ModelEntry:
    """Copy a model file into the user's models under a name of its own, with a picture of its sprites if there is one.

    Raises RequestError for a name that is taken or that no file can have, or OutputError.
    """
    entry = ModelEntry(name, user_models_folder() / f"{name}{SUFFIX}", False, None)
    with _changing():
        check_name(name)
        _copy(source, entry.path, new=True)  # the first, for it takes the name
        if grid is not None:
            try:
                _copy(grid, grid_of(entry))
            except OutputError:
                entry.path.unlink(missing_ok=True)
                raise
    return _entry(entry.path, bundled=False)


def rename_model(entry: ModelEntry, name: str) -> ModelEntry:
    """Give one of the user's own models another name, all of its files or none. Raises RequestError or OutputError."""
    with _changing():
        check_name(name)
        _rename(entry, name)
    return _entry(entry.path.with_name(f"{name}{SUFFIX}"), bundled=False)


def _rename(entry: ModelEntry, name: str) -> None:
    *beside, model = files_of(entry) or [entry.path]
    moved: list[tuple[Path, Path]] = []
    try:
        for path in (model, *beside):  # the model takes the name; what is beside follows it
            target = path.with_name(name + path.name.removeprefix(entry.name))
            if path == model:
                rename_new(path, target)
            else:
                path.replace(target)
            moved.append((path, target))
    except OSError as error:
        for path, target in reversed(moved):
            with suppress(OSError):
                rename_new(target, path)
        if isinstance(error, FileExistsError):
            raise RequestError(f"There is a model named {name} already.") from error
        raise OutputError(f"{entry.name} cannot be renamed: {reason(error)}.") from error


def export_model(entry: ModelEntry, target: Path) -> Path:
    """Copy a model to a file elsewhere, for somebody else; that file. Raises OutputError."""
    _copy(entry.path, target)
    return target


def describe_model(
    path: Path, *, recommended: dict[str, Any], usual_style: str | None, provenance: dict[str, Any]
) -> None:
    """Change fields of a model file's description; its weights stay. usual_style: None leaves it.

    Raises CheckpointError, RequestError or OutputError.
    """
    from pixelforge.core.checkpoint import replace_header

    with _changing():
        header = read_header(path)
        words = header.words
        if usual_style is not None:
            if words is None:
                raise RequestError("That model knows no styles.")
            header.vocabulary.rows(Condition(style=usual_style))
            words = replace(words, usual_style=usual_style)
        sampling = replace(header.recommended, **recommended)
        header.check_sampling(sampling)
        about = replace(header.provenance, **provenance)
        replace_header(path, replace(header, words=words, recommended=sampling, provenance=about))


def check_name(name: str) -> None:
    """Raises RequestError for a name that no new model can have."""
    if len(name) > NAME_LENGTH:
        raise RequestError(f"A model's name has at most {NAME_LENGTH} letters.")
    if safe_name(name) != name:
        raise RequestError("A model's name is made of letters, digits, spaces, dots, - and _.")
    if name.lower() in (entry.name.lower() for entry in list_models(None)):
        raise RequestError(f"There is a model named {name} already.")


def grid_of(entry: ModelEntry) -> Path:
    """A picture of the model's sprites, which may be there."""
    return entry.path.with_suffix(".grid.png")


def figures_of(entry: ModelEntry) -> Path:
    """What `evaluate` measured of the model, as JSON; it may be there."""
    return entry.path.with_suffix(".figures.json")


def read_grid(entry: ModelEntry) -> Pixels | None:
    """The picture of the model's sprites in their own pixels (H, W, 4); None where there is none."""
    try:
        return read_sprite(grid_of(entry))[::SAMPLE_SCALE, ::SAMPLE_SCALE]
    except DatasetError:
        return None


def read_figures(entry: ModelEntry) -> list[FiguresRow]:
    """What was measured of a model; nothing where it was not."""
    try:
        return parse_json(read_at_most(figures_of(entry), MAX_FIGURES, CheckpointError), list[FiguresRow])
    except (CheckpointError, ValueError):
        return []


def files_of(entry: ModelEntry) -> list[Path]:
    """The files that a model consists of, the model itself the last."""
    beside = (grid_of(entry), figures_of(entry), icons_path(entry.path))
    return [path for path in (*beside, entry.path) if path.exists()]


def _changing() -> AbstractContextManager[None]:
    """Whoever imports, renames or describes a model does so alone."""
    return turn(user_models_folder().with_suffix(".lock"))


def _copy(source: Path, target: Path, new: bool = False) -> None:
    with replacing(target, new=new) as part:
        shutil.copyfile(source, part)
    sync_folders([target])


def _convert_notebook(source: Path, target: Path, class_names: tuple[str, ...]) -> None:
    need_torch("Reading checkpoints of the public notebook")
    from pixelforge.core.checkpoint import save_checkpoint
    from pixelforge.core.legacy import read_notebook_weights
    from pixelforge.core.notebook_unet import NOTEBOOK_DIFFUSION

    config, weights = read_notebook_weights(source)
    if class_names and len(class_names) != config.num_classes:
        raise RequestError(f"{source} has {config.num_classes} classes, but {len(class_names)} names were given.")
    if len(set(class_names)) != len(class_names) or "" in class_names:
        raise RequestError("Every class needs a name of its own.")
    header = ModelHeader(
        model=config,
        diffusion=NOTEBOOK_DIFFUSION,
        class_names=class_names or tuple(f"class {i + 1}" for i in range(config.num_classes)),
        recommended=Sampling(sampler="ddpm", steps=NOTEBOOK_DIFFUSION.num_timesteps, guidance_scale=7.5),
        provenance=Provenance(data=f"imported from {source.name}"),
    )
    save_checkpoint(target, header, weights, new=True)


def _entry(path: Path, bundled: bool) -> ModelEntry:
    try:
        return ModelEntry(path.stem, path, bundled, read_header(path))
    except CheckpointError as error:
        return ModelEntry(path.stem, path, bundled, None, str(error))
