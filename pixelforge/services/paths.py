"""The folders of the app and of its user."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from platformdirs import PlatformDirs

DEFAULT_MODEL = "pixelforge16"  # of the bundled ones, what is used where no other is named

_dirs = PlatformDirs("PixelForge", appauthor=False)


def resources_folder() -> Path:
    """What is shipped with the app: models, palettes, icons."""
    return Path(str(files("resources")))


def bundled_models_folder() -> Path:
    """The models that are shipped with the app."""
    return resources_folder() / "models"


def samples_file() -> Path:
    """A sheet of sprites that the default model made, for the first start."""
    return resources_folder() / "samples.png"


def user_models_folder() -> Path:
    """The user's own models; not made until something is put there."""
    return _dirs.user_data_path / "models"


def user_runs_folder() -> Path:
    """Training runs that were begun in the window, a folder each; not made until there is one."""
    return _dirs.user_data_path / "runs"


def settings_file() -> Path:
    """The user's settings; not made until something is worth remembering."""
    return _dirs.user_config_path / "settings.json"


def history_file() -> Path:
    """Everything that the user has made."""
    return _dirs.user_data_path / "history.sqlite"


def drag_folder() -> Path:
    """Files that are dragged out of the window; not made until then."""
    return _dirs.user_cache_path / "drags"


def log_folder() -> Path:
    """Where the log is written; not made until then."""
    return _dirs.user_log_path


def icons_folder() -> Path:
    """The app's icon, a PNG a size."""
    return resources_folder() / "icons"


def packaged_licences_folder() -> Path:
    """The licences of all that was packaged with the app; there is none where it runs from source."""
    return resources_folder() / "licences" / "packaged"
