"""The models that the user can choose from: those shipped with the app, and their own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pixelforge.core.header import ModelHeader, Provenance, Recommended, read_header
from pixelforge.errors import CheckpointError, RequestError
from pixelforge.files import replacing
from pixelforge.services.paths import bundled_models_folder, user_models_folder

SUFFIX = ".safetensors"
DEFAULT_MODEL = "dawnlike16"


@dataclass(frozen=True)
class ModelEntry:
    """A model file; `header` is None where it cannot be read, and `problem` says why."""

    name: str
    path: Path
    bundled: bool
    header: ModelHeader | None
    problem: str = ""


def list_models() -> list[ModelEntry]:
    """Bundled models, then the user's own, by name."""
    own = user_models_folder()
    return [
        _entry(path, bundled=folder != own)
        for folder in (bundled_models_folder(), own)
        for path in sorted(folder.glob(f"*{SUFFIX}"))
    ]


def find_model(name_or_path: str) -> Path:
    """The file of a model named as `list_models` shows it, or the path itself. Raises RequestError."""
    for entry in list_models():
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
    if target.stem in (entry.name for entry in list_models()):
        raise RequestError(f"There is a model named {target.stem} already: rename {source.name} first.")
    if source.suffix.lower() in (".pth", ".pt"):
        _convert_notebook(source, target, tuple(class_names))
    else:
        from pixelforge.core.checkpoint import load_checkpoint

        load_checkpoint(source)
        with replacing(target) as part:
            shutil.copyfile(source, part)
    return _entry(target, bundled=False)


def _convert_notebook(source: Path, target: Path, class_names: tuple[str, ...]) -> None:
    from pixelforge.core.checkpoint import save_checkpoint
    from pixelforge.core.legacy import NOTEBOOK_DIFFUSION, read_notebook_weights

    config, weights = read_notebook_weights(source)
    if class_names and len(class_names) != config.num_classes:
        raise RequestError(f"{source} has {config.num_classes} classes, but {len(class_names)} names were given.")
    if len(set(class_names)) != len(class_names) or "" in class_names:
        raise RequestError("Every class needs a name of its own.")
    header = ModelHeader(
        model=config,
        diffusion=NOTEBOOK_DIFFUSION,
        class_names=class_names or tuple(f"class {i + 1}" for i in range(config.num_classes)),
        recommended=Recommended(sampler="ddpm", steps=NOTEBOOK_DIFFUSION.num_timesteps, guidance_scale=7.5),
        provenance=Provenance(data=f"imported from {source.name}"),
    )
    save_checkpoint(target, header, weights)


def _entry(path: Path, bundled: bool) -> ModelEntry:
    try:
        return ModelEntry(path.stem, path, bundled, read_header(path))
    except CheckpointError as error:
        return ModelEntry(path.stem, path, bundled, None, str(error))
