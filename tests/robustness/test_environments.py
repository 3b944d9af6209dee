"""Machines as they are: without room, without a screen, without a home, with odd names, with two windows at once."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pixelforge.services.history import HistoryFilter, open_history
from pixelforge.services.sprites import read_sheet
from tests.conftest import RunCommand
from tests.made import made

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="ulimit, /dev/full, locales and users as Linux has them"
)

ROOT = Path(__file__).parents[2]
NO_OVERRIDE = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]  # so that root meets modes as users do
WINDOW = """
    import os, sys
    from pathlib import Path
    from PySide6.QtCore import QTimer
    from pixelforge.core.header import read_header
    from pixelforge.gui import app
    from pixelforge.services.model_library import ModelEntry

    path = Path(os.environ["MODEL"])
    app.list_models = lambda: [ModelEntry("tiny", path, True, read_header(path))]
    build = app.build
    def watched(*arguments):
        desktop = build(*arguments)
        generation = desktop.studio.generation
        def said():
            current = desktop.studio.messages.current
            print(current.text if current else "", flush=True)
        def begin():
            said()
            timer.start(20)
        desktop.window.painted.connect(begin)
        def tick():
            if "MAKE" in os.environ and not desktop.studio.history.rowCount():
                if generation.device and not generation.run.running:
                    generation.set_count(4)
                    generation.set_sampling(steps=1)
                    generation.generate()
            else:
                desktop.window.close()
        timer = QTimer(desktop.window)
        timer.timeout.connect(tick)
        return desktop
    app.build = watched
    sys.exit(app.run())
"""


def environment(**changes: object) -> dict[str, str]:
    """That of a new user, with changes."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "LC_", "LANG", "DISPLAY"))
    }
    new = {"QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return {**kept, **new, **{name: str(value) for name, value in changes.items()}}


def child(
    arguments: list[object], before: list[str] | None = None, stdout: object = subprocess.PIPE, **changes: object
) -> tuple[int, str, str]:
    """Run Python; its exit code, stdout and stderr."""
    command = [*(before or []), sys.executable, *map(str, arguments)]
    result = subprocess.run(
        command, env=environment(**changes), stdout=stdout, stderr=subprocess.PIPE, timeout=120, check=False
    )  # type: ignore[call-overload]
    assert b"Traceback" not in result.stderr, result.stderr.decode()
    return result.returncode, (result.stdout or b"").decode(), result.stderr.decode(errors="replace")


def pixelforge(*arguments: object, **changes: object) -> tuple[int, str, str]:
    return child(["-m", "pixelforge", *arguments], **changes)


@pytest.fixture
def read_only(tmp_path: Path) -> tuple[Path, list[str]]:
    """A home that its user cannot write, and what to put before a command so that it is that user's."""
    home = tmp_path / "home"
    home.mkdir(mode=0o555)
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root may write everywhere")
    return home, NO_OVERRIDE if os.geteuid() == 0 else []


def test_a_window_in_a_home_that_cannot_be_written_says_so(model: Path, read_only: tuple[Path, list[str]]) -> None:
    home, before = read_only
    code, out, _ = child(["-c", textwrap.dedent(WINDOW)], before, HOME=home, MODEL=model)
    assert code == 0
    assert "history.sqlite cannot be used" in out
    assert "save what you want to keep" in out
    assert list(home.iterdir()) == []


def test_a_window_in_an_odd_home_without_fonts_in_a_plain_locale(model: Path, tmp_path: Path) -> None:
    home = tmp_path / "Jürgen Groß 🐉"
    home.mkdir()
    empty = tmp_path / "fonts.conf"
    empty.write_text('<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>')
    language = {"FONTCONFIG_FILE": empty, "LC_ALL": "C", "PYTHONUTF8": 0, "PYTHONCOERCECLOCALE": 0}
    code, _, err = child(["-c", textwrap.dedent(WINDOW)], HOME=home, MODEL=model, MAKE=1, **language)
    assert code == 0, err
    history, notice = open_history(home / ".local" / "share" / "PixelForge" / "history.sqlite", 100)
    assert (notice, len(history.ids(HistoryFilter()))) == ("", 4)
    history.close()
    assert (home / ".config" / "PixelForge" / "settings.json").is_file()


@pytest.mark.parametrize("platform", ["xcb", "nonsense"])
def test_without_a_screen_there_is_a_sentence(tmp_path: Path, platform: str) -> None:
    code, _, err = pixelforge(QT_QPA_PLATFORM=platform, HOME=tmp_path)
    assert code == 1
    assert "The window cannot be opened" in err
    assert "`pixelforge generate`" in err
    assert err.count("\n") == 1


def test_without_a_home(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "pixelforge", "models", "list"],
        env={},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "dawnlike16  (bundled)" in result.stdout


def test_in_a_folder_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    leave = "import os, sys; os.chdir(sys.argv[1]); os.rmdir(sys.argv[1])"
    script = f"{leave}; from pixelforge.cli.app import main; main(['models', 'list'])"
    code, _, err = child(["-c", script, gone])
    assert (code, err) == (1, "pixelforge: The current folder does not exist any more: change to another one.\n")


def test_output_that_finds_no_room() -> None:
    with Path("/dev/full").open("wb") as full:
        code, _, err = pixelforge("models", "info", "dawnlike16", stdout=full)
    assert (code, err) == (1, "pixelforge: The output cannot be written: no space left on device.\n")


def test_output_that_nobody_reads() -> None:
    read, write = os.pipe()
    os.close(read)
    code, _, err = pixelforge("models", "info", "dawnlike16", stdout=write)
    os.close(write)
    assert (code, err) == (1, "")


def test_a_device_that_is_not_there(model: Path, tmp_path: Path) -> None:
    code, _, err = pixelforge(
        "generate",
        "--model",
        model,
        "--class",
        "cats",
        "--device",
        "cuda",
        "--out",
        tmp_path / "x.png",
        CUDA_VISIBLE_DEVICES="",
    )
    assert (code, err) == (2, "pixelforge: This machine has no usable cuda device; it has cpu.\n")


def test_names_that_are_no_text(generate: RunCommand, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"\xe4.png")
    code, out, _ = generate("--class", "cats", "--steps", 1, "--out", odd, "--json")
    assert code == 0
    assert "\ufffd.png" in out
    assert len(read_sheet(odd)) == 1
    code, _, err = generate("--class", "cats", "--steps", 1, "--out", odd, "--format", "godot", "--force")
    assert code == 2
    assert "no text" in err


def test_ctrl_c_leaves_whole_files_alone(model: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["--class", "cats", "--count", "20000", "--steps", "1", "--device", "cpu", "--out", str(out)]
    command = [sys.executable, "-m", "pixelforge", "generate", "--model", str(model), *arguments]
    process = subprocess.Popen(
        command, env=environment(), stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # in a shell's background it is ignored
    )  # fmt: skip
    while not list(out.glob("cats/[!.]*")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    files = list((out / "cats").iterdir())
    assert 0 < len(files) < 20_000
    assert all(path.suffix == ".png" and len(read_sheet(path)) == 1 for path in files)


def limited(size: int) -> Callable[[], None]:
    """No file of more than `size` bytes: what a full disk is to one who may not make one."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from pixelforge.errors import HistoryError, OutputError
        from pixelforge.services.export import ExportOptions, export_sprites
        from pixelforge.services.history import open_history
        from pixelforge.services.settings import AppSettings, save_settings
        from tests.made import made

        folder = Path(sys.argv[1])
        try:
            export_sprites(folder / "s.png", [made(i) for i in range(400)], ExportOptions(formats=("godot", "tiled")))
        except OutputError as error:
            print(error)
        try:
            save_settings(folder / "settings.json", AppSettings(window="A" * 90_000))
        except OutputError as error:
            print(error)
        history, notice = open_history(folder / "history.sqlite", 1000)
        print(notice, end="")
        for number in range(50):
            try:
                history.add([made(number)])
            except HistoryError as error:
                print(number, error)
                break
        print(len(history.entries(range(1, 51))))
        history.close()
    """)
    from pixelforge.services.export import ExportOptions, export_sprites
    from pixelforge.services.settings import AppSettings, save_settings

    export_sprites(tmp_path / "s.png", [made(1)], ExportOptions(formats=("godot", "tiled")))
    save_settings(tmp_path / "settings.json", AppSettings())
    open_history(tmp_path / "history.sqlite", 1000)[0].close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".sqlite"}
    result = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env=environment(), cwd=ROOT, preexec_fn=limited(60_000), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    sheet, settings, history, kept = result.stdout.splitlines()
    assert sheet.startswith(str(tmp_path))
    assert sheet.endswith(" cannot be written: file too large.")
    assert settings == f"{tmp_path / 'settings.json'} cannot be written: file too large."
    assert "The history cannot be written" in history
    assert int(kept) == int(history.split()[0])
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    assert not list(tmp_path.glob(".*"))


def test_a_disk_that_is_full_when_a_run_is_saved(tmp_path: Path) -> None:
    from tests.robustness.work import _prepare_run

    _prepare_run(tmp_path)
    result = subprocess.run(
        [sys.executable, "-m", "training", "--resume", "--out", str(tmp_path / "run"), "--device", "cpu"],
        env=environment(), cwd=ROOT, preexec_fn=limited(300_000), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert "state.pt cannot be written whole: is the disk full?" in result.stderr
    assert "Traceback" not in result.stderr
    assert not list((tmp_path / "run").glob(".*.part"))


def test_two_processes_share_a_history(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from pixelforge.services.history import open_history
        from tests.made import made
        history, notice = open_history(Path(sys.argv[1]), 1000)
        assert not notice, notice
        for number in range(40):
            history.add([made(number)])
        history.close()
    """)
    children = [
        subprocess.Popen([sys.executable, "-c", script, str(path)], env=environment(), cwd=ROOT) for _ in range(2)
    ]
    assert [process.wait(60) for process in children] == [0, 0]
    history, notice = open_history(path, 1000)
    ids = history.ids(HistoryFilter())
    assert (notice, len(ids), len(history.entries(ids))) == ("", 80, 80)
    history.close()


def test_a_clock_that_is_set_back_changes_no_order(tmp_path: Path) -> None:
    history, _ = open_history(tmp_path / "history.sqlite", 1000)
    times = iter([2e9, 1e9, 0.0, -5.0])
    history._clock = lambda: next(times)
    ids = [history.add([made(number)])[0] for number in range(4)]
    assert history.ids(HistoryFilter()) == ids[::-1]
    assert [entry.made_at for entry in history.entries(ids)] == [2e9, 1e9, 0.0, 0.0]  # before 1970 there were none
    history.close()
