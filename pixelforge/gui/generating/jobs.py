"""What passes between the window's model and the worker: frozen, and without Qt, threads or torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pixelforge.services.model_library import ModelEntry
from pixelforge.services.requests import GenerationEvent, GenerationRequest


@dataclass(frozen=True)
class Job:
    """Work for the worker. Without a request it only loads the model, so that the first run begins at once."""

    run: int  # comes back in every report, so that reports of a run that was given up can be told apart
    model_path: Path
    request: GenerationRequest | None
    imports: bool = False  # put the file among the user's own models, instead of loading it
    at_once: int | None = None  # sprites that go through the network together; None: as many as are good for speed
    measures: bool = False  # say how long the request takes, instead of what comes of it


@dataclass(frozen=True)
class Loaded:
    """The model is in memory."""

    device: str  # "cpu", "cuda", "mps"
    engine: str  # as `core.backend` names it
    sha256: str  # of the model file


@dataclass(frozen=True)
class Imported:
    """A model file is among the user's own."""

    entry: ModelEntry


@dataclass(frozen=True)
class Measured:
    """How long a request takes once all is warm; of one that is slow, only that it takes longer."""

    seconds: float


@dataclass(frozen=True)
class Completed:
    """Everything that was asked for has been reported."""


@dataclass(frozen=True)
class Failed:
    """The job ended early; `text` is the line for the user."""

    text: str


@dataclass(frozen=True)
class Report:
    """Something that happened in a run."""

    run: int
    event: Loaded | Imported | Measured | GenerationEvent | Completed | Failed
