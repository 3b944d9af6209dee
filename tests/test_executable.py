"""How the program starts itself."""

from __future__ import annotations

import subprocess
import sys

from pixelforge import __version__
from pixelforge.executable import command_line, restore_environment


def test_the_command_line_starts_this_very_program() -> None:
    result = subprocess.run([*command_line(), "--version"], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout == f"PixelForge {__version__}\n"


def test_the_packaged_app_is_its_own_command_line(monkeypatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", "/opt/PixelForge/PixelForge")
    assert command_line() == ["/opt/PixelForge/PixelForge"]


def test_finding_it_loads_neither_torch_nor_qt() -> None:
    script = "import sys, pixelforge.executable; print('torch' in sys.modules, 'PySide6' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.split() == ["False", "False"]


def test_other_programs_get_the_environment_from_before_the_packaged_app(monkeypatch) -> None:
    packaged = {"LD_LIBRARY_PATH": "/app/_internal:/lib", "LD_LIBRARY_PATH_ORIG": "/lib", "QT_PLUGIN_PATH": "/app"}
    untouched = dict(packaged)
    restore_environment(untouched)
    assert untouched == packaged  # from source it is the user's own
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    restore_environment(packaged)
    assert packaged == {"LD_LIBRARY_PATH": "/lib"}
