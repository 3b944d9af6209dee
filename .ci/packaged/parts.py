"""Which parts of other packages the packaged app takes along."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path, PurePath

# Imported somewhere in what is shipped, but by nothing that the app does: what torch compiles kernels with, its tests,
# downloads, plots, Qt's network, Pillow's fonts, colour profiles and AVIF, and what else a developer's environment has.
UNUSED_MODULES = [
    "IPython",
    "PIL.AvifImagePlugin",
    "PIL.ImageCms",
    "PIL.ImageFont",
    "PIL._avif",
    "PIL._imagingcms",
    "PIL._imagingft",
    "PySide6.QtNetwork",
    "PySide6.QtSvg",
    "PySide6.QtTest",
    "_pytest",
    "attr",
    "diffusers",
    "fsspec",
    "hypothesis",
    "jinja2",
    "matplotlib",
    "mypy",
    "networkx",
    "numpy.f2py",
    "pkg_resources",
    "pluggy",
    "py",
    "pydoc_data",
    "pytest",
    "requests",
    "scipy",
    "setuptools",
    "tensorboard",
    "tkinter",
    "torch._inductor.codegen",
    "torch._inductor.fx_passes",
    "torch._inductor.kernel",
    "torch._inductor.template_heuristics",
    "torch.testing._internal.common_cuda",
    "torch.testing._internal.common_device_type",
    "torch.testing._internal.common_methods_invocations",
    "torch.testing._internal.common_utils",
    "torch.testing._internal.opinfo",
    "torch.testing._internal.optests",
    "torch.utils.tensorboard",
    "tqdm",
    "urllib3",
    "yaml",
]

# What the app without training leaves out: torch, what nothing but torch takes along, and what draws losses.
TRAINING_MODULES = [
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
    "functorch",
    "mpmath",
    "pyqtgraph",
    "sympy",
    "torch",
    "torchgen",
]

# What Python does without, where nothing is sent: the sums by which the app tells contents apart are its own as well.
OPENSSL_MODULES = ["_hashlib", "_ssl", "ssl"]

# Of Qt's plug-ins, by folder and name; the names are those of every system. Pictures other than PNG are read by
# Pillow. Without the input contexts, compose keys and ibus would be dead; without the portal, dialogs would not be the
# system's. GTK's theme is left out: it would bring GTK itself along.
QT_PLUGINS = (
    "platforms/*qxcb.*",
    "platforms/*qwayland*",
    "platforms/*qoffscreen.*",
    "platforms/*qwindows.*",
    "platforms/*qcocoa.*",
    "platforminputcontexts/*compose*",
    "platforminputcontexts/*ibus*",
    "platformthemes/*xdgdesktopportal.*",
    "styles/*",
    "wayland-decoration-client/*",
    "wayland-shell-integration/*xdg-shell.*",
    "xcbglintegrations/*glx*",
)

# Of what packages bring beside their code: the mark of pyqtgraph's makers in many sizes.
UNUSED_DATA = ("peegee/*",)

# Of torch's own libraries: what its tests load.
UNUSED_TORCH = ("*test*", "*backend_with_compiler*", "*aoti_custom_ops*")

Collected = list[tuple[str, str]]  # (file, folder in the app)


def used_plugins(binaries: Collected) -> Collected:
    """What a hook for Qt collects, without the plug-ins that the app does not use."""
    return [
        (source, target)
        for source, target in binaries
        if "plugins" not in PurePath(target).parts or _matches(source, QT_PLUGINS)
    ]


def used_torch(binaries: Collected) -> Collected:
    """The libraries of torch, without those of its tests."""
    return [
        (source, target)
        for source, target in binaries
        if PurePath(target).name == "lib" and not _matches(source, [f"lib/{pattern}" for pattern in UNUSED_TORCH])
    ]


def used_data(datas: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """What is collected, each (name in the app, file, kind), without what the app does not use."""
    return [entry for entry in datas if not _matches(entry[0], UNUSED_DATA)]


def _matches(file: str, patterns: tuple[str, ...] | list[str]) -> bool:
    path = PurePath(file)
    return any(fnmatch(f"{path.parent.name}/{path.name}", pattern) for pattern in patterns)


def refuse_training(names: Iterable[str]) -> None:
    """Raises SystemExit, which ends the build, where torch has slipped into the app without training.

    names: of the modules and files that are collected.
    """
    parts = (re.split(r"[./\\]", name) for name in names)
    found = sorted({name for name in map(".".join, parts) if name.partition(".")[0] in TRAINING_MODULES})
    if found:
        raise SystemExit(f"The app without training would hold {len(found)} parts of training: {found[0]} first.")


def strip_symbols(app: Path) -> None:
    """Take the names that only a debugger reads out of torch's libraries and Python's: a fifth of them, on Linux."""
    strip = shutil.which("strip")
    libraries = [*app.rglob("torch/lib/libtorch_*.so"), *app.rglob("libpython3*.so*")]
    if sys.platform == "linux" and strip is not None and libraries:
        subprocess.run([strip, "--strip-unneeded", *libraries], check=True)
