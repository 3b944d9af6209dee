"""The licences of what the app is made of: read from the installed packages, or from what was packaged with it."""

from __future__ import annotations

import platform
import re
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageMetadata, PackageNotFoundError, PackagePath, distribution
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pixelforge.files import replacing
from pixelforge.services.paths import packaged_licences_folder, resources_folder

APP = "pixelforge"
TRAINING = "train"  # the extra of it that brings torch
PYTHON = "Python"  # itself, which is no package
LICENCE_FILE = re.compile(r"(^|[/\\])(licen[cs]e|copying|notice|authors|third-?party)[^/\\]*$", re.IGNORECASE)
HOME_LABELS = ("homepage", "source", "repository")
QT_TEXTS = ("qt.md", "lgpl-3.0.txt", "gpl-3.0.txt")  # Qt's packages bring none, and the LGPL is to be read with the GPL
QT_PACKAGES = ("pyside6-essentials", "shiboken6")
APACHE_TEXT, APACHE_PACKAGES = "apache-2.0.txt", ("flatbuffers",)  # which bring no text of their licence


@dataclass(frozen=True, order=True)
class Licence:
    """Under what a part of the app may be used and passed on."""

    name: str
    version: str
    kind: str  # in a few words, as its makers put it; "" where they do not
    text: str


def licences() -> tuple[Licence, ...]:
    """Those of every part, by name: what was packaged with the app, or what is installed where it runs from source."""
    packaged = packaged_licences_folder()
    if packaged.is_dir():
        return tuple(_read(path) for path in sorted(packaged.glob("*.txt"), key=lambda path: path.name.lower()))
    return licences_of(installed_packages())


def parts() -> tuple[str, ...]:
    """Every part with its version, as "numpy 2.4.6", by name: quickly, for no licence is read."""
    packaged = packaged_licences_folder()
    if packaged.is_dir():
        names = [_title(path) for path in packaged.glob("*.txt")]
    else:
        found = [distribution(name) for name in installed_packages()]
        names = [f"{PYTHON} {platform.python_version()}", *(f"{one.metadata['Name']} {one.version}" for one in found)]
    return tuple(sorted(names, key=str.lower))


def licences_of(packages: Iterable[str]) -> tuple[Licence, ...]:
    """Those of some installed packages and of Python, by name."""
    found = [of_package(distribution(name)) for name in packages]
    return tuple(sorted([*found, _of_python()], key=lambda licence: licence.name.lower()))


def installed_packages(root: str = APP) -> tuple[str, ...]:
    """A package and all that it needs, as far as it is installed; without what is for tests and builds alone."""
    found: dict[str, None] = {}
    waiting = [root]
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        try:
            needs = distribution(name).requires or []
        except PackageNotFoundError:  # needed on other systems, or the app itself, run from its folder
            continue
        found[name] = None
        wanted = [Requirement(need) for need in needs]
        extras = ("", TRAINING) if name == root else ("",)
        waiting += [need.name for need in wanted if need.marker is None or _applies(need.marker, extras)]
    return tuple(found)


def _applies(marker: Marker, extras: Sequence[str]) -> bool:
    return any(marker.evaluate({"extra": extra}) for extra in extras)


def of_package(package: Distribution) -> Licence:
    """What an installed package says of its licence, with the texts that it brings."""
    about = package.metadata
    name = about["Name"]
    texts = [
        Path(str(package.locate_file(path))).read_text("utf-8", errors="replace") for path in _licence_files(package)
    ]
    if canonicalize_name(name) in QT_PACKAGES:
        texts += [(resources_folder() / "licences" / file).read_text(encoding="utf-8") for file in QT_TEXTS]
    if canonicalize_name(name) in APACHE_PACKAGES:
        texts += [(resources_folder() / "licences" / APACHE_TEXT).read_text(encoding="utf-8")]
    kind = _first(about, "License-Expression") or _classifiers(about) or _first(about, "License").partition("\n")[0]
    home = _first(about, "Home-page") or _home(about)
    return Licence(name, package.version, kind, "\n\n".join([home, *texts]).strip())


def save_licences(found: Iterable[Licence], folder: Path) -> None:
    """Write one text a licence, as `licences` reads them. Raises OutputError."""
    for licence in found:
        with replacing(folder / f"{licence.name}.txt") as part:
            text = f"{licence.name} {licence.version}\n{licence.kind}\n\n{licence.text}\n"
            part.write_text(text, encoding="utf-8", newline="\n")


def _read(path: Path) -> Licence:
    title, kind, _, *text = path.read_text(encoding="utf-8").split("\n")
    name, _, version = title.rpartition(" ")
    return Licence(name, version, kind, "\n".join(text).rstrip("\n"))


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline().rstrip("\n")


def _licence_files(package: Distribution) -> list[PackagePath]:
    """Those of its metadata; where there are none, those at the top of its own folder, as ONNX Runtime has them."""
    found = [path for path in package.files or () if LICENCE_FILE.search(str(path))]
    return [path for path in found if ".dist-info" in str(path)] or [path for path in found if len(path.parts) <= 2]


def _first(about: PackageMetadata, field: str) -> str:
    return next(iter(about.get_all(field, [])), "")


def _classifiers(about: PackageMetadata) -> str:
    kinds = [line for line in about.get_all("Classifier", []) if line.startswith("License :: ")]
    return ", ".join(kind.rpartition(" :: ")[2] for kind in kinds)


def _home(about: PackageMetadata) -> str:
    links = (line.partition(",") for line in about.get_all("Project-URL", []))
    found = {label.strip().lower(): link.strip() for label, _, link in links}
    return next((found[label] for label in HOME_LABELS if label in found), "")


def _of_python() -> Licence:
    text = "https://docs.python.org/3/license.html"
    for folder in (sysconfig.get_path("stdlib"), sysconfig.get_path("data")):
        file = Path(folder) / "LICENSE.txt"
        if file.exists():
            text = file.read_text(encoding="utf-8")
            break
    return Licence(PYTHON, platform.python_version(), "PSF-2.0", text)
