"""The start of the real application, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

from pixelforge.core.device import may_have_accelerator


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> None:
    """Settings and history of their own: those of whoever runs the tests are nobody's business."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


def run(script: str, *arguments: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_window_stands_before_torch_is_loaded_and_on_a_plain_cpu_it_never_is(model_file) -> None:
    output = run(
        """
        import sys
        from pathlib import Path
        from PySide6.QtCore import QTimer
        from pixelforge.core.header import read_header
        from pixelforge.gui import app
        from pixelforge.services.model_library import ModelEntry

        path = Path(sys.argv[1])
        app.list_models = lambda: [ModelEntry("tiny", path, True, read_header(path))]
        build = app.build
        def watched(*arguments):
            desktop = build(*arguments)
            desktop.window.painted.connect(lambda: print("painted", desktop.window.isVisible()))
            desktop.studio.generation.device_changed.connect(lambda: print("loaded", "torch" in sys.modules))
            desktop.studio.generation.device_changed.connect(desktop.window.close)
            show = desktop.window.show
            def showing():
                show()
                print("shown", "torch" in sys.modules)
            desktop.window.show = showing
            return desktop
        app.build = watched
        print("code", app.run())
        """,
        str(model_file),
    )
    assert output.splitlines() == ["shown False", "painted True", f"loaded {may_have_accelerator()}", "code 0"]


def test_closing_while_torch_is_being_loaded_leaves_at_once(model_file) -> None:
    output = run(
        """
        import sys, time
        from pathlib import Path
        from pixelforge.core.header import read_header
        from pixelforge.gui import app
        from pixelforge.services.model_library import ModelEntry

        path = Path(sys.argv[1])
        app.list_models = lambda: [ModelEntry("tiny", path, True, read_header(path))]
        build = app.build
        def hurried(*arguments):
            desktop = build(*arguments)
            desktop.window.painted.connect(desktop.window.close)
            return desktop
        app.build = hurried
        sys.exit(app.run())
        """,
        str(model_file),
    )
    assert output == ""


def test_importing_does_nothing() -> None:
    """One after the other, the last of which imports most of the others."""
    output = run(
        """
        import sys
        from PySide6.QtCore import QCoreApplication
        for module in ("generating.worker", "window.main_window", "app"):
            __import__(f"pixelforge.gui.{module}")
            print(QCoreApplication.instance(), "torch" in sys.modules, sys.excepthook is sys.__excepthook__)
        """
    )
    assert output.splitlines() == ["None False True"] * 3
