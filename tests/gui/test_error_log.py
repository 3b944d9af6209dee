"""The log and its reports: what stands in them, what does not, and how much of it is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pixelforge import __version__
from pixelforge.gui.window import error_log
from pixelforge.gui.window.error_log import record, report_crashes, write_report


def bug(text: str) -> BaseException:
    try:
        raise ValueError(text)
    except ValueError as error:
        return error


def reports(folder: Path) -> list[Path]:
    return sorted(folder.glob("report-*.txt"))


def test_a_report_has_version_platform_and_trace_and_nothing_personal(tmp_path: Path) -> None:
    home = Path.home()
    line = record(bug(f"no such thing: {home / 'Pictures' / 'orc.png'}"), tmp_path)
    [report] = reports(tmp_path)
    lines = report.read_text().splitlines()
    assert str(report) in line
    assert lines[0] == f"PixelForge {__version__}"
    assert lines[1].startswith("Python 3.")
    assert lines[2] == ""
    assert lines[3] == "Traceback (most recent call last):"
    assert lines[-1] == f"ValueError: no such thing: {Path('~', 'Pictures', 'orc.png')}"
    assert not any(str(home) in line or str(Path(error_log.__file__).parents[2]) in line for line in lines)


def test_what_fails_again_and_again_is_one_report(tmp_path: Path) -> None:
    errors = [bug("at every repaint") for _ in range(3)]
    assert len({record(error, tmp_path) for error in errors}) == 1
    assert len(reports(tmp_path)) == 1


def test_the_oldest_report_goes(tmp_path: Path) -> None:
    for number in range(error_log.MAX_REPORTS + 2):
        write_report(f"number {number}", tmp_path)
    kept = [path.read_text().splitlines()[-1] for path in reports(tmp_path)]
    assert kept == [f"number {number}" for number in range(2, error_log.MAX_REPORTS + 2)]


def watched(folder: Path, end: str) -> int:
    script = (
        "import faulthandler, os, sys; from pathlib import Path;"
        "from pixelforge.gui.window.error_log import end_watch, watch_for_crashes;"
        f"file = watch_for_crashes(Path(sys.argv[1])); {end}"
    )
    command = [sys.executable, "-c", script, str(folder)]
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode


def test_a_crash_of_the_interpreter_is_reported_at_the_next_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert watched(tmp_path, "faulthandler._sigsegv()") != 0
    line = report_crashes(tmp_path)
    [report] = reports(tmp_path)
    assert line is not None
    assert str(report) in line
    assert "Segmentation fault" in report.read_text()
    assert report.read_text().startswith(f"PixelForge {__version__}\n")
    assert f"Segmentation fault ({report.name})" in caplog.text
    assert report_crashes(tmp_path) is None


def test_who_ends_well_or_is_killed_leaves_no_report(tmp_path: Path) -> None:
    assert watched(tmp_path, "end_watch(file)") == 0
    assert not list(tmp_path.iterdir())
    watched(tmp_path, "os._exit(3)")
    [left] = tmp_path.glob("crash-*.txt")
    assert report_crashes(tmp_path) is None
    assert left.exists()
    os.utime(left, (0, 0))
    assert report_crashes(tmp_path) is None
    assert not left.exists()


def test_where_nothing_can_be_written_the_program_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert watched(tmp_path / "file", "end_watch(file)") == 0
    assert report_crashes(tmp_path / "file") is None


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("[Errno 2] No such file: '/mnt/clients/My Client/orc.png'", "[Errno 2] No such file: '…/orc.png'"),
        ("at /mnt/clients/orc.png it ends", "at …/orc.png it ends"),
        ("'D:\\\\Clients\\\\My Client\\\\orc.png'", "'…/orc.png'"),
        ("see https://example.org/a/b, or 1/2/3", "see https://example.org/a/b, or 1/2/3"),
    ],
)
def test_folders_anywhere_are_not_told(message: str, told: str) -> None:
    assert error_log.without_places(message) == told
