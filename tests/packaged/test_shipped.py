"""What is collected for the packaged app. The building itself is tried by .ci/build."""

from __future__ import annotations

import shutil
from importlib.metadata import distribution
from pathlib import Path

import pytest

from packaged.parts import used_plugins, used_torch
from packaged.shipped import collect_licences, shipped_packages, system_licences


def file_of(package: str, name: str) -> Path:
    return next(Path(str(file.locate())) for file in distribution(package).files or () if str(file).endswith(name))


def test_files_are_known_by_their_packages() -> None:
    files = [file_of("numpy", "numpy/__init__.py"), file_of("PySide6_Essentials", "PySide6/__init__.py"), Path("/x")]
    assert shipped_packages(files) == {"numpy", "PySide6_Essentials"}


def test_only_what_is_shipped_is_collected(tmp_path: Path) -> None:
    if shutil.which("pyinstaller") is None:
        pytest.skip("PyInstaller, whose licence is collected too, is not installed here")
    (tmp_path / "old.txt").touch()
    collect_licences([str(file_of("numpy", "numpy/__init__.py")), "a name alone", ""], tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Python.txt", "numpy.txt", "pyinstaller.txt"]


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="not a Debian")
def test_libraries_of_the_system_bring_their_packages_licence() -> None:
    [found] = system_licences([next(Path("/usr/lib").glob("*/libz.so.1"))])
    assert found.name.startswith("zlib1g")
    assert "Copyright" in found.text


def test_unused_plugins_of_qt_stay_behind() -> None:
    plugins = "PySide6/Qt/plugins"
    kept = [
        (f"/venv/{plugins}/platforms/libqxcb.so", f"{plugins}/platforms"),
        (f"/venv/{plugins}/platforms/qwindows.dll", f"{plugins}/platforms"),
        ("/venv/PySide6/Qt/lib/libQt6Core.so.6", "PySide6/Qt/lib"),
    ]
    left = [
        (f"/venv/{plugins}/platforms/libqvnc.so", f"{plugins}/platforms"),
        (f"/venv/{plugins}/imageformats/libqpdf.so", f"{plugins}/imageformats"),
    ]
    assert used_plugins([*kept, *left]) == kept


def test_torchs_tests_stay_behind() -> None:
    kept = [("/venv/torch/lib/libtorch_cpu.so", "torch/lib"), ("/venv/torch/lib/libgomp.so.1", "torch/lib")]
    left = [("/venv/torch/lib/libtorchbind_test.so", "torch/lib"), ("/venv/torch/test/libfoo.so", "torch/test")]
    assert used_torch([*kept, *left]) == kept
