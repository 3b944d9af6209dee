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

The message of each is one line in the user's words: what is wrong, with which file, and what to do.
Anything else that is raised is a bug and is shown as one.
"""


class PixelForgeError(Exception):
    """Base of all expected errors; `str(error)` is the line that the user reads."""


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
