"""Every error that PixelForge expects and words for its user.

PixelForgeError
├── ConfigError       a model, sampler or training setting that cannot be built
├── RequestError      what was asked for does not exist or is out of range
├── CheckpointError   a model file that cannot be read, or must not be
├── DatasetError      a folder of sprites that cannot be trained on
├── OutputError       a file or folder that cannot be written
├── PaletteError      a palette that cannot be read or used
├── HistoryError      the history of sprites cannot be read or written
└── TrainingError     a training run that cannot start, resume or go on

The message of each is one line in the user's words: what is wrong, and with which file. What helps and is done in
another way in every face of the program, an option there and a button here, is a `Remedy`, which the face words.
Anything else that is raised is a bug and is shown as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, auto


class Remedy(StrEnum):
    """What helps against an error."""

    REPLACE = auto()  # what is there already
    OTHER_FOLDER = auto()  # to write to
    OTHER_RUN = auto()  # a folder of its own for it
    RESUME = auto()  # the run, from its last save
    NAME_SPRITES = auto()  # the folder of those to train on
    FROM_NOTHING = auto()  # in place of another model
    USUAL_PREDICTION = auto()  # the one that suits the model and the sprites
    PREDICT_V = auto()  # which any colours can be learnt by
    PARENTS_WIDTH = auto()  # the width of the model that is begun from
    OTHER_BATCH = auto()  # of another size
    ALL_STYLES = auto()  # not one alone
    KNOWN_CLASSES = auto()  # those that the model makes
    OTHER_MODEL = auto()  # in place of the one that a recipe names
    DISTIL = auto()  # a student of the model, or sample in another way
    CRITIC = auto()  # of the model, or take what comes
    WITH_TRAINING = auto()  # the PixelForge that has it, and torch
    FIT = auto()  # the picture to the model's size
    SHEET = auto()  # one picture in place of many files, or of one that moves


class PixelForgeError(Exception):
    """Base of all expected errors; `str(error)` says what is wrong, and no more."""

    def __init__(self, text: str = "", *remedies: Remedy) -> None:
        super().__init__(text)
        self.remedies = remedies

    def told(self, words: Mapping[Remedy, str]) -> str:
        """The line that the user reads: what is wrong, and what helps, as far as a face has words for it."""
        ways = [words[remedy] for remedy in self.remedies if remedy in words]
        return f"{str(self).removesuffix('.')}: {', or '.join(ways)}." if ways else str(self)

    def to_line(self) -> str:
        """As one process prints it for another, whose face has words of its own."""
        return f"{self} [{' '.join(self.remedies)}]" if self.remedies else str(self)

    @staticmethod
    def from_line(line: str) -> PixelForgeError:
        """The error that another process printed."""
        text, _, tail = line.rpartition(" [")
        names = tail.removesuffix("]").split()
        if not names or not tail.endswith("]") or not set(names) <= set(Remedy):
            return PixelForgeError(line)
        return PixelForgeError(text, *map(Remedy, names))


class ConfigError(PixelForgeError, ValueError):
    """A configuration that describes no network, schedule or training.

    It is a ValueError so that decoders report it as a bad value at its place in the file.
    """


class RequestError(PixelForgeError, ValueError):
    """A request for something that the chosen model or machine does not have."""


class CheckpointError(PixelForgeError):
    """A model file that is missing, damaged, too new, or not a model."""


class DatasetError(PixelForgeError):
    """A data folder with nothing in it to train on."""


class OutputError(PixelForgeError):
    """A target that cannot be written; raised before work is done, wherever that can be known."""


class TrainingError(PixelForgeError):
    """A training run that cannot be started or resumed."""


class PaletteError(PixelForgeError, ValueError):
    """A palette without colours, with too many, or in no known format; a ValueError for decoders, as ConfigError is."""


class HistoryError(PixelForgeError):
    """The history of sprites cannot be read or written."""
