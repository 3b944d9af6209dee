"""The description in a model file: one JSON in the safetensors header. Reading it needs no torch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
from safetensors import SafetensorError, safe_open

from pixelforge.core.condition import ClassVocabulary
from pixelforge.core.config import DiffusionConfig, ModelConfig
from pixelforge.core.sampler import INSTANT
from pixelforge.core.sampling import Sampling
from pixelforge.core.vocabulary import Words, WordVocabulary
from pixelforge.errors import CheckpointError, ConfigError, Remedy, RequestError
from pixelforge.fields import in_range
from pixelforge.files import open_plain, parse_json, reason

FORMAT_VERSION = 2  # 2: words beside the classes, palettes that are handed in, a task, a student, a critic
CLASSES_ONLY = 1  # the format of files that need none of that, so that version 0.1 reads them as well
HEADER_KEY = "pixelforge"
SPRITES = "sprites"  # the task of a model that makes sprites for a condition
FRAMES = "frames"  # of one that makes the next frame of a sprite; its classes are the actions
MOST_WIDTH, MOST_WEIGHT = 1024, 100.0  # of a critic


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a model comes from; shown to its user."""

    data: str = ""
    licence: str = ""
    credits: str = ""
    sprites: int = 0
    steps: int = 0
    date: str = ""  # ISO 8601


@dataclass(frozen=True, kw_only=True)
class Student:
    """A second network in the file, distilled from the first to need few steps. Raises ConfigError.

    It has the first's shape and takes guidance_scale as an input: one forward a step, of one row.
    """

    steps: int = 4  # that it was taught, evenly spaced from the top; it knows no other timesteps
    most_guidance: float = 4.0  # that it was taught, from 1 on; above it draws as with this
    learnt: int = 0  # steps of its distillation

    def __post_init__(self) -> None:
        if not (1 <= self.steps <= 100 and 1 <= self.most_guidance <= 100):
            raise ConfigError(f"no student takes {self.steps} steps and guidance up to {self.most_guidance:g}.")


@dataclass(frozen=True, kw_only=True)
class Critic:
    """A small network in the file that says which of several finished sprites came out best. Raises ConfigError."""

    widths: tuple[int, int, int]  # of its convolutions, two of each
    word_weight: float  # how much it counts that what was asked for is recognised, beside looking drawn
    area: float  # of the ROC curve, of made and drawn sprites that it had not seen: 0.5 cannot tell, 1 always can
    learnt: int  # made sprites that it learnt from

    def __post_init__(self) -> None:
        if not all(1 <= width <= MOST_WIDTH for width in self.widths):
            raise ConfigError(f"no critic is {' and '.join(map(str, self.widths))} wide.")
        if not 0 <= self.word_weight <= MOST_WEIGHT:
            raise ConfigError(f"no critic weighs words {self.word_weight:g} times.")


@dataclass(frozen=True, kw_only=True)
class ModelHeader:
    """The JSON in a model file's header."""

    format_version: int = CLASSES_ONLY  # whoever writes the file sets it
    task: str = SPRITES  # what the model is for; files of version 0.1 do not say it
    model: ModelConfig
    diffusion: DiffusionConfig = field(default_factory=DiffusionConfig)
    class_names: tuple[str, ...]
    words: Words | None = None  # of models that know more than classes and their kinds
    recommended: Sampling = field(default_factory=Sampling)  # what evaluation found best
    student: Student | None = None  # of models that have been made fast
    critic: Critic | None = None  # of models that can choose among what they make
    provenance: Provenance = field(default_factory=Provenance)

    @property
    def vocabulary(self) -> ClassVocabulary | WordVocabulary:
        """The words that the model can be asked in."""
        if self.words is None:
            return ClassVocabulary(self.class_names, self.model.kinds)
        return WordVocabulary(self.class_names, self.words)

    @property
    def student_model(self) -> ModelConfig:
        """The shape of the student's network."""
        return replace(self.model, guided=True)

    @property
    def can_be_distilled(self) -> bool:
        """Whether there can be a student: the network says how likely each colour is, which is what it learns."""
        return self.model.prediction in ("palette", "pointer")

    def sampling(self, given: Mapping[str, Any]) -> Sampling:
        """How to sample where some of it is given: the rest as the model recommends. Raises RequestError.

        The steps recommended are those of the recommended sampler: another one that is chosen without steps runs as
        many, but DDPM, the ancestral one, runs them all, and the student those that it was taught.
        """
        given, sampler = dict(given), given.get("sampler", self.recommended.sampler)
        if sampler == INSTANT and self.student is not None:
            given.setdefault("steps", self.student.steps)
        elif sampler == "ddpm" != self.recommended.sampler:
            given.setdefault("steps", self.diffusion.num_timesteps)
        sampling = replace(self.recommended, **given)
        self.check_sampling(sampling)
        return sampling

    @property
    def is_plain(self) -> bool:
        """Whether version 0.1 could read the file."""
        return self.words is None and self.task == SPRITES and self.student is None and self.critic is None

    def check_sampling(self, sampling: Sampling) -> None:
        """Raises RequestError for what the model cannot be sampled with."""
        sampling.check_steps(self.diffusion.num_timesteps)
        if sampling.sampler != INSTANT:
            return
        if self.student is None:
            raise RequestError("That model has no student that makes sprites in an instant.", Remedy.DISTIL)
        if sampling.steps != self.student.steps:
            raise RequestError(f"Instant takes {self.student.steps} steps with that model, not {sampling.steps}.")


def read_header(path: Path) -> ModelHeader:
    """A model file's header alone, without its weights. Raises CheckpointError."""
    with open_model_file(path) as file:
        return parse_header(path, file.metadata())


def file_sha256(path: Path) -> str:
    """Hex digest of a file: a model's identity in recipes. Raises CheckpointError."""
    try:
        with open_plain(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {reason(error)}.") from error


def open_model_file(path: Path) -> safe_open:
    """The safetensors file, its layout checked, its weights still on the disk. Raises CheckpointError."""
    try:
        with open_plain(path):  # a pipe would be waited for without end, and safetensors has few words for the rest
            pass
        return safe_open(path, framework="numpy")
    except FileNotFoundError as error:
        raise CheckpointError(f"{path} does not exist.") from error
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {reason(error)}.") from error
    except (MemoryError, RuntimeError) as error:  # what it makes of a file that cannot be mapped
        raise CheckpointError(f"{path} cannot be read: {str(error).splitlines()[0].rstrip('.')}.") from error
    except SafetensorError as error:
        raise CheckpointError(
            f"{path} is not a whole PixelForge model: the file is damaged or of another kind."
        ) from error


def model_bytes(path: Path) -> bytes:
    """A model file's content. Raises CheckpointError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {reason(error)}.") from error


def parse_header(path: Path, metadata: dict[str, str] | None) -> ModelHeader:
    """The description in a model file's metadata. Raises CheckpointError that names the file."""
    text = (metadata or {}).get(HEADER_KEY)
    if text is None:
        raise CheckpointError(f"{path} is a safetensors file, but not a PixelForge model: its header is missing.")
    try:
        content = parse_json(text, dict[str, Any])
        version = content.get("format_version")
        if version is None:
            raise CheckpointError(f"{path} has a header that cannot be read: it does not say its format_version.")
        if isinstance(version, int) and version > FORMAT_VERSION:
            raise CheckpointError(
                f"{path} was made by a newer PixelForge (format {version}; this one reads up to {FORMAT_VERSION})."
            )
        if isinstance(recommended := content.get("recommended"), dict):
            # Version 0.1 could recommend what cannot be asked for; its model opens all the same.
            content["recommended"] = in_range(Sampling, recommended)
        header = msgspec.convert(content, ModelHeader)
    except msgspec.MsgspecError as error:
        raise CheckpointError(f"{path} has a header that cannot be read: {error}.") from error
    if len(header.class_names) != header.model.num_classes:
        raise CheckpointError(
            f"{path} names {len(header.class_names)} classes, but its network knows {header.model.num_classes}."
        )
    _check_words(path, header)
    _check_student(path, header)
    if len(set(header.class_names)) != len(header.class_names) or "" in header.class_names:
        raise CheckpointError(f"{path} has a header that cannot be read: every class needs a name of its own.")
    return replace(header, recommended=header.recommended.within(header.diffusion.num_timesteps))


def _check_student(path: Path, header: ModelHeader) -> None:
    """Raises CheckpointError for a student that the model cannot have."""
    if header.student is None:
        return
    if not header.can_be_distilled:
        raise CheckpointError(f"{path} has a header that cannot be read: its student and its prediction do not fit.")
    if header.student.steps > header.diffusion.num_timesteps:
        raise CheckpointError(f"{path} has a header that cannot be read: its student takes too many steps.")


def _check_words(path: Path, header: ModelHeader) -> None:
    """Raises CheckpointError for words, or a task, that do not fit the network."""
    if (header.model.prediction == "copy") != (header.task == FRAMES):
        raise CheckpointError(f"{path} has a header that cannot be read: its task and its prediction do not fit.")
    if (header.model.prediction == "pointer") != (header.words is not None):
        raise CheckpointError(f"{path} has a header that cannot be read: its words and its prediction do not fit.")
    vocabulary = header.vocabulary
    if isinstance(vocabulary, WordVocabulary):
        if not vocabulary.words.styles:
            raise CheckpointError(f"{path} has a header that cannot be read: it names no style.")
        if vocabulary.num_rows != header.model.embedding_rows:
            raise CheckpointError(
                f"{path} names {vocabulary.num_rows} words, but its network knows {header.model.embedding_rows}."
            )
