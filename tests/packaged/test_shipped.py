"""What is collected for the packaged app. The building itself is tried by .ci/build."""

from __future__ import annotations

import configparser
import json
import platform
import shlex
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from packaged.bom import BOM
from packaged.desktop import add_to_desktop
from packaged.parts import (
    OPENSSL_MODULES,
    TRAINING_MODULES,
    UNUSED_MODULES,
    refuse_training,
    used_data,
    used_plugins,
    used_torch,
)
from packaged.shipped import collect_licences, shipped_packages, system_licences
from packaged.sizes import sizes
from pixelforge.services.paths import icons_folder


def file_of(package: str, name: str) -> Path:
    return next(Path(str(file.locate())) for file in distribution(package).files or () if str(file).endswith(name))


def test_files_are_known_by_their_packages() -> None:
    files = [file_of("numpy", "numpy/__init__.py"), file_of("PySide6_Essentials", "PySide6/__init__.py"), Path("/x")]
    assert shipped_packages(files) == {"numpy", "PySide6_Essentials"}


def test_only_what_is_shipped_is_collected(tmp_path: Path) -> None:
    (tmp_path / "old.txt").touch()
    collect_licences([str(file_of("numpy", "numpy/__init__.py")), "a name alone", ""], tmp_path, also=["pixelforge"])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "Python.txt",
        BOM,
        "numpy.txt",
        "pixelforge.txt",
    ]


def test_what_is_shipped_stands_in_a_bill_of_materials(tmp_path: Path) -> None:
    collect_licences([str(file_of("numpy", "numpy/__init__.py"))], tmp_path, also=["pixelforge", "PySide6_Essentials"])
    bill = json.loads((tmp_path / BOM).read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "pixelforge"
    versions = {name: distribution(name).version for name in ("numpy", "pyside6-essentials")}
    assert [part["purl"] for part in bill["components"]] == [
        *(f"pkg:pypi/{name}@{version}" for name, version in versions.items()),
        f"pkg:generic/python@{platform.python_version()}",
    ]
    assert all(part["licenses"][0]["license"]["name"] for part in bill["components"])
    assert len({part["bom-ref"] for part in bill["components"]}) == 3


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


def test_the_app_without_training_is_not_built_with_torch() -> None:
    refuse_training(["pixelforge.core.torch_backend", "training.learning.loop", "numpy/core.so", "resources/torch.png"])
    for name in ("torch", "torch.nn.modules", "torch/lib/libtorch_cpu.so", "torch\\lib\\torch_cpu.dll", "sympy.core"):
        with pytest.raises(SystemExit, match="would hold 1 parts of training"):
            refuse_training(["pixelforge.core", name])


def test_every_file_counts_for_one_part(tmp_path: Path) -> None:
    for name, size in (
        ("PixelForge", 10),
        ("_internal/torch/lib/libtorch_cpu.so", 20),
        ("_internal/torch/nn/init.py", 3),
        ("_internal/PySide6/Qt/lib/libQt6Core.so.6", 5),
        ("_internal/resources/models/a.safetensors", 7),
        ("_internal/libz.so.1", 2),
        ("_internal/odd", 1),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(size))
    (tmp_path / "_internal/libQt6Core.so.6").symlink_to("PySide6/Qt/lib/libQt6Core.so.6")
    assert {part: size for part, size in sizes(tmp_path).items() if size} == {
        "torch's libraries": 20,
        "all Python modules, in the executable": 10,
        "the model": 7,
        "Qt and PySide6": 5,
        "torch's modules as text, which it reads": 3,
        "libraries of the system": 2,
        "other Python libraries": 1,
    }


@pytest.mark.skipif(sys.platform != "linux", reason="a .desktop file is for Linux")
def test_the_desktop_file_starts_the_app_that_lies_beside_it(tmp_path: Path) -> None:
    app = tmp_path / "Pixel Förge $HOME"
    app.mkdir()
    (app / "PixelForge").write_text('#!/bin/sh\necho "started $0 with $#: $*"\n')
    (app / "PixelForge").chmod(0o755)
    add_to_desktop(app, icons_folder() / "pixelforge-256.png")
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment]
    parser.read(app / "PixelForge.desktop", encoding="utf-8")
    entry = parser["Desktop Entry"]
    assert (app / f"{entry['Icon']}.png").is_file()
    # By the specification of desktop entries: a string's backslashes, quotes (with `\\$`, unlike shlex), fields.
    command = shlex.split(entry["Exec"].replace("\\\\", "\\").replace("\\$", "$"))
    fields = {"%k": [str(app / "PixelForge.desktop")], "%f": ["/a game/pixelforge.toml"]}
    for given, told in ((fields, "1: /a game/pixelforge.toml"), (fields | {"%f": []}, "0: ")):
        words = [one for word in command for one in given.get(word, [word])]
        result = subprocess.run(words, cwd="/", capture_output=True, text=True, timeout=20, check=True)
        assert result.stdout == f"started {app / 'PixelForge'} with {told}\n"


WITHOUT = """
import sys
sys.modules.update(dict.fromkeys(sys.argv[1:]))  # None: an import of it fails
import hashlib, tempfile
from pathlib import Path
import numpy as np
import pixelforge.cli.app, pixelforge.gui.app, pixelforge.gui.training.training_window
from pixelforge.imaging.pixels import read_sprite
from pixelforge.imaging.png import write_png
path = Path(tempfile.mkdtemp(), "hero.png")
write_png(path, np.full((16, 16, 4), 255, np.uint8))
print(read_sprite(path).sum(), hashlib.sha256(b"").hexdigest()[:8])
"""


def test_the_app_does_without_the_modules_that_are_left_out() -> None:
    command = [sys.executable, "-c", WITHOUT, *UNUSED_MODULES, *TRAINING_MODULES, *OPENSSL_MODULES]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert made.stdout.split() == [str(16 * 16 * 4 * 255), "e3b0c442"]


def test_data_that_nothing_shows_are_left_out() -> None:
    logo, used = (
        (f"pyqtgraph/icons/{name}", f"/venv/pyqtgraph/icons/{name}", "DATA") for name in ("peegee/a.png", "auto.png")
    )
    assert used_data([logo, used]) == [used]
