"""What the program did, in lines, for whoever is told that it is slow. Nothing personal: no names of files."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

ROOTS = ("pixelforge", "training")
LOG = "pixelforge.log"
MAX_BYTES = 1_000_000  # then the log is moved aside, in place of the one before
LINE = "%(asctime)s  %(message)s"


def log_to_file(folder: Path) -> logging.Handler:
    """Append to the log in `folder` from now on, until `stop_logging`. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    return _add(RotatingFileHandler(folder / LOG, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8"))


def log_to_stderr() -> logging.Handler:
    """Write the log for the person at the terminal from now on, until `stop_logging`."""
    return _add(logging.StreamHandler())


def stop_logging(handler: logging.Handler) -> None:
    """Log there no longer."""
    for name in ROOTS:
        logging.getLogger(name).removeHandler(handler)
    handler.close()


def _add(handler: logging.Handler) -> logging.Handler:
    handler.setFormatter(logging.Formatter(LINE))
    for name in ROOTS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)
    return handler
