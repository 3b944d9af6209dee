"""How a command line ends: one line on stderr and an exit code, never a trace for an expected error."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from pixelforge.errors import PixelForgeError, Remedy, RequestError
from pixelforge.executable import FOR_WINDOW
from pixelforge.files import check_folder, drop_parts

NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EDQUOT)
NO_MEMORY = ("not enough memory", "out of memory", "cannot allocate memory")
FAILURE, WRONG_USE, INTERRUPTED = 1, 2, 130
# C0, DEL and C1 (ECMA-48), line and paragraph separators, and the marks that change the direction of text (UAX #9).
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
UNSEEN_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")  # it escapes the others
UsageError: Any = typer.BadParameter.__base__  # typer keeps it to itself, but all wrong use is raised as one

REMEDIES = {
    Remedy.REPLACE: "give --force to replace what is there",
    Remedy.OTHER_FOLDER: "choose another --out",
    Remedy.OTHER_RUN: "choose another --out",
    Remedy.RESUME: "resume it with --resume",
    Remedy.NAME_SPRITES: "name the folder of sprites",
    Remedy.FROM_NOTHING: "begin from nothing (--from nothing)",
    Remedy.USUAL_PREDICTION: "leave out --prediction",
    Remedy.PREDICT_V: "reduce their colours, or train with --prediction v",
    Remedy.PARENTS_WIDTH: "leave out --width",
    Remedy.OTHER_BATCH: "choose another --batch",
    Remedy.ALL_STYLES: "leave out --style",
    Remedy.KNOWN_CLASSES: "judge it by those alone, with --class",
    Remedy.OTHER_MODEL: "import that one, or try another with --model",
    Remedy.DISTIL: "make one with `pixelforge distill`, or leave out --quality and --sampler",
    Remedy.CRITIC: "make one with `pixelforge critic`, or leave out --best-of",
    Remedy.WITH_TRAINING: 'install PixelForge with training (pip install ".[train]", or the larger download), whose '
    "models open here too",
    Remedy.FIT: "--fit nearest scales it, --fit cut takes its middle",
    Remedy.SHEET: "name a file that ends in .png, or lay the sprites out with `pixelforge sheet` afterwards",
}
"""What helps, in the words of the command line."""


def run(app: typer.Typer, arguments: list[str] | None = None) -> None:
    """Run a command line and exit: 0, 1 for a failure, 2 for wrong use, 130 for Ctrl-C."""
    with ending():
        check_folder()
        sys.exit(app(arguments, standalone_mode=False))


@contextmanager
def ending() -> Iterator[None]:
    """Where something expected goes wrong within, exit as `run` does."""
    try:
        yield
    except UsageError as error:
        context = getattr(error, "ctx", None)
        message = " ".join(error.format_message().split()).rstrip(".")  # some are of several lines
        if message:  # empty where the help was shown in place of a missing command
            report(f"pixelforge: {message}.{_help_hint(context)}")
        sys.exit(WRONG_USE)
    except (typer.Abort, KeyboardInterrupt):
        drop_parts()
        sys.exit(INTERRUPTED)
    except PixelForgeError as error:
        report(f"pixelforge: {error.to_line() if FOR_WINDOW in os.environ else error.told(REMEDIES)}")
        sys.exit(WRONG_USE if isinstance(error, RequestError) else FAILURE)
    except BrokenPipeError:
        # The reader of our output has gone: as every filter does, end without a word.
        _drop_output()
        sys.exit(FAILURE)
    except (MemoryError, RuntimeError) as error:  # torch says it so
        if not isinstance(error, MemoryError) and not any(words in str(error).lower() for words in NO_MEMORY):
            raise
        report("pixelforge: The machine has not enough free memory for that: ask for less at once.")
        sys.exit(FAILURE)
    except OSError as error:
        if error.filename is not None or error.errno not in NO_ROOM:
            raise
        _drop_output()
        typer.echo(f"pixelforge: The output cannot be written: {os.strerror(error.errno).lower()}.", err=True)
        sys.exit(FAILURE)


def _drop_output() -> None:
    """Let what is still to be written go nowhere, so that the end does not stumble on it again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _help_hint(context: Any) -> str:
    return f" See {context.command_path} --help." if context else ""


def visible(line: str) -> str:
    """A line with what would move a terminal's cursor, colour it or turn its text about written as \\x…

    Names of files, classes and models come from strangers. Line breaks are of that kind too: a line is one line.
    """
    return UNSEEN.sub(lambda found: _escaped(found[0]), line)


def report(line: str) -> None:
    """A line for the person at the terminal: on stderr, so that stdout holds results only."""
    typer.echo(visible(line), err=True)


def say(line: str) -> None:
    """A line of the result, on stdout."""
    typer.echo(visible(line))


def say_json(content: Any, indent: int = 2) -> None:
    """A result as JSON, on stdout: any characters in it that are not seen are written as JSON escapes them."""
    import msgspec

    text = msgspec.json.encode(content)
    lines = (msgspec.json.format(text, indent=indent) if indent else text).decode()
    typer.echo(UNSEEN_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", lines))


def _escaped(mark: str) -> str:
    number = ord(mark)
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def progress_bar(shown: bool = True) -> Progress:
    """A progress bar with the time left on a terminal's stderr; nothing at all in a pipe, or where it is not shown."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeRemainingColumn(),
        console=console,
        disable=not (shown and console.is_terminal),
    )
