"""Every reader against files that are small and ask for much, under a limit of memory and of processor time.

`python -m tests.robustness.budgets [--short] [WORD …]` prints a line a file, or those alone whose line has the words;
exit code 1 where anything but a reader's own error came out. What is limited is processor time and not the clock's, so
that a busy machine changes nothing.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch

from pixelforge.errors import PixelForgeError
from pixelforge.imaging.palette import PaletteRule, recolour
from pixelforge.services.acting import read_acting
from pixelforge.services.generation import generate, load_model
from pixelforge.services.history import HistoryFilter, open_history
from pixelforge.services.pending import PendingStore
from pixelforge.services.requests import make_request, of_classes
from pixelforge.services.sets import SetStore
from pixelforge.services.sprites import read_recipes, read_sprites
from tests.fuzz.readers import READERS, Files, lay_out
from tests.robustness.costly import aseprite, many, own, packs, pictures
from tests.robustness.costly.later import LATER
from tests.robustness.costly.special import SPECIAL

MEMORY = 1536 * 2**20  # bytes above what the process has before it reads
SECONDS = 10  # of processor time
PATIENCE = 300  # seconds of the clock, after which a reader waits for something
MOST_SAID = 5000  # letters of a message; that on a list tells of twenty lines
FINE, WORDS, OTHER = 0, 1, 2
SHORT = 3  # of the special files, every third for a reader; over three readers each of them comes
DEAR = frozenset(
    (
        "picture: chunks.png",
        "picture: plain.png",
        "picture: large.gif",
        "picture: comment.gif",
        "picture: comment.ppm",
        "picture: one place.ico",
        "picture: blends.aseprite",
        "picture: half of them.aseprite",
        "picture: layers.aseprite",
        "picture: texts.aseprite",
        "recipe in a PNG: overlaps.png",
        "zip: gifs.zip",
        "zip: many.zip",
        "zip: one place.zip",
        "notebook's pickle: nested.pth",
        "labels.csv: lines.csv",
        "labels.csv: 100 MB.csv",
        "project file: chain.toml",
        "project file: cycle.toml",
        "project file: sets.toml",
        "history: many.sqlite",
    )
)
"""Two to eight seconds of processor time each, and others of the same format ask for as much: not in the short run."""


@dataclass(frozen=True)
class Costly:
    """A file and what reads it."""

    name: str
    make: Callable[[Path], Path]  # in an empty folder
    read: Callable[[Path], object]
    short: bool = True  # whether it is in the short run

    def tried(self, home: Path) -> tuple[int, str]:
        """How the reading ended in a process of its own, and what is to be said of it."""
        home.mkdir()
        os.chdir(home)
        path = self.make(home)
        hear, tell = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(hear)
            code, said = _read(self.read, path)
            os.write(tell, said.encode()[:60_000])
            os._exit(code)
        os.close(tell)
        with os.fdopen(hear, "rb") as pipe:
            said = pipe.read().decode("utf-8", "replace")
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if ended < 0:
            said = f"ended by {signal.Signals(-ended).name}"
        return ended, said


def _read(read: Callable[[Path], object], path: Path) -> tuple[int, str]:
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    signal.alarm(PATIENCE)
    try:
        read(path)
        code, said = FINE, "read"
    except PixelForgeError as error:
        code, said = WORDS, f"refused: {error}"
        if len(said) > MOST_SAID:
            code, said = OTHER, f"more words than anybody reads: {said[:300]}"
    except BaseException:  # noqa: BLE001 - it is told to the parent, and nothing may leave the child
        code, said = OTHER, traceback.format_exc()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return code, f"{used.ru_maxrss >> 10} MB, {used.ru_utime + used.ru_stime:.1f} s, {said}"


def _read_picture(path: Path) -> None:
    """All ways in which a picture comes in."""
    failed: list[PixelForgeError] = []
    for read in (read_recipes, read_acting, _reader("picture")):
        try:
            read(path)
        except PixelForgeError as error:
            failed.append(error)
    if failed:
        raise failed[-1]


def _recolour(path: Path) -> None:
    sprites = read_sprites(path)
    recolour(sprites[0].pixels[None], PaletteRule(reduce_to=16))
    recolour(sprites[0].pixels[None], PaletteRule(colours=tuple(f"#0000{n:02x}" for n in range(256)), dither=4))


def _read_history(path: Path) -> None:
    history, _ = open_history(path, 100)
    try:
        SetStore(history.database).sets()
        PendingStore(history.database, path.with_name("lock")).read()
        history.entries(history.ids(HistoryFilter(words="a red lion"))[:500])
        history.batches(HistoryFilter())
        _reader("history")(path)
    finally:
        history.close()


def _draw(path: Path) -> None:
    model = load_model(path, "cpu")
    request = make_request(
        model.header, of_classes(model.header.class_names[:1]), count=1, seed=0, sampling={"steps": 1}
    )
    for _ in generate(model, request):
        pass


def _reader(name: str) -> Callable[[Path], object]:
    return next(reader.read for reader in READERS if reader.name == name)


def _content(name: str, make: Callable[[], bytes], beside: str = "") -> Callable[[Path], Path]:
    def lay(folder: Path) -> Path:
        content = make()
        (folder / beside).mkdir(exist_ok=True)
        (folder / beside / name).write_bytes(content)
        return folder / beside / name

    return lay


def _special(reader_name: str, put: Callable[[Path], None]) -> Callable[[Path], Path]:
    def lay(folder: Path) -> Path:
        path = lay_out(_whole_files(reader_name), folder / "read")
        path.unlink()
        put(path)
        return path

    return lay


@cache
def _whole_files(reader_name: str) -> Files:
    with tempfile.TemporaryDirectory() as folder:
        return next(reader for reader in READERS if reader.name == reader_name).make(Path(folder))[0]


def costly_files() -> Iterator[Costly]:
    """The table: every special file for every reader, then those that know its format."""
    for number, reader in enumerate(READERS):
        for place, put in enumerate(SPECIAL):
            name, short = f"{reader.name}: {put.__name__}", (number + place) % SHORT == 0
            yield Costly(name, _special(reader.name, put), reader.read, short)
    groups: Sequence[tuple[str, dict[str, Callable[[], bytes]], Callable[[Path], object], str]] = (
        ("picture", {**pictures.PICTURES, **aseprite.ASEPRITE, **many.ASEPRITE}, _read_picture, "cats"),
        ("recipe in a PNG", packs.RECIPES, _read_picture, "cats"),
        ("palette", {"plain.png": pictures.plain_png}, _reader("palette"), ""),
        ("recolouring", {"noise.png": pictures.noise_png}, _recolour, ""),
        ("zip", {**packs.ZIPS, **many.ZIPS}, _reader("zip"), ""),
        ("model file", {**own.MODELS, **many.ONNX}, _draw, ""),
        ("notebook's pickle", own.PICKLES, _reader("notebook's pickle"), ""),
        ("npy", own.ARRAYS, _reader("npy"), ""),
        ("list of sprites", {**own.LISTS, **many.LISTS}, _reader("list of sprites"), ""),
        ("project file", many.PROJECTS, _reader("project file"), ""),
        ("history", own.DATABASES, _read_history, ""),
        ("stats.jsonl", own.STATS, _reader("stats.jsonl"), ""),
    )  # fmt: skip
    for group, files, read, beside in groups:
        for name, make in files.items():
            full_name = f"{group}: {name}"
            yield Costly(full_name, _content(name, make, beside), read, full_name not in DEAR)
    for name, make in {**own.TABLES, **many.TABLES}.items():
        full_name = f"labels.csv: {name}"
        yield Costly(full_name, _content("labels.csv", make), _reader("labels.csv"), full_name not in DEAR)
    for group, makings in LATER.items():
        for name, lay in makings.items():
            yield Costly(f"{group}: {name}", lay, _reader(group))
    for lay in (own.sparse_arrays, own.bytes_arrays):
        yield Costly(f"npy: {lay.__name__}", lay, _reader("npy"))


def main() -> int:
    """Read them all; 1 where a rule was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a third of the special files, and none of the dearest")
    parser.add_argument("words", nargs="*", metavar="WORD")
    options = parser.parse_args()
    torch.set_num_threads(1)
    broken = 0
    for number, costly in enumerate(costly_files()):
        if (options.short and not costly.short) or not all(word in costly.name for word in options.words):
            continue
        with tempfile.TemporaryDirectory(prefix="budgets-") as home:
            began = time.monotonic()
            ended, said = costly.tried(Path(home).resolve() / str(number))
            broken += ended not in (FINE, WORDS)
            mark = "" if ended in (FINE, WORDS) else "BROKEN "
            print(f"{mark}{costly.name} ({time.monotonic() - began:.0f} s in all): {said}", flush=True)
            os.chdir("/")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
