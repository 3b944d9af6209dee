"""Whose files are in the packaged app: those of Python packages, and libraries of the system that builds it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaged.bom import write_bom
from pixelforge.services.licences import APP, PYTHON, Licence, licences_of, save_licences

BOOTLOADER = "pyinstaller"  # which begins the executable
COPYRIGHT = Path("/usr/share/doc")


def collect_licences(files: Iterable[str], folder: Path, also: Iterable[str] = (APP, BOOTLOADER)) -> None:
    """Write into an empty folder the licences of all that is shipped, and a bill of it.

    files: where they lie on this machine. also: packages that are shipped, though none of their files is among these.
    """
    shutil.rmtree(folder, ignore_errors=True)
    paths = {path for path in map(Path, files) if path.is_absolute()}
    packages = {*shipped_packages(paths), *also}
    found, system = licences_of(sorted(packages)), system_licences(paths)
    save_licences([*found, *system], folder)
    python = [part for part in found if part.name == PYTHON]
    libraries = [replace(part, name=f"debian/{part.name}") for part in system]
    write_bom({"pypi": [part for part in found if part.name != PYTHON], "generic": python, "deb": libraries}, folder)


def shipped_packages(paths: Iterable[Path]) -> set[str]:
    """The installed packages that these files belong to."""
    wanted = {str(path) for path in paths}
    return {package.metadata["Name"] for package in distributions() if not wanted.isdisjoint(_files(package))}


def _files(package: Distribution) -> Iterator[str]:
    """Read as plain lines: the files that importlib.metadata makes of them take many times longer."""
    folder = str(package.locate_file(""))
    for line in (package.read_text("RECORD") or "").splitlines():
        yield os.path.join(folder, line.partition(",")[0])  # noqa: PTH118


def system_licences(paths: Iterable[Path]) -> list[Licence]:
    """Those of the Debian packages that the system's libraries come from; nothing on other systems."""
    dpkg = shutil.which("dpkg-query")
    if dpkg is None:
        return []
    libraries = [path for path in paths if path.parts[:2] in (("/", "lib"), ("/", "usr")) and ".so" in path.name]
    names = {name for path in libraries for name in (path, path.resolve(), Path("/", *path.resolve().parts[2:]))}
    result = subprocess.run([dpkg, "-S", *map(str, names)], capture_output=True, text=True, check=False)
    packages = {line.partition(":")[0] for line in result.stdout.splitlines()}
    return [_of_debian_package(dpkg, name) for name in sorted(packages)]


def _of_debian_package(dpkg: str, name: str) -> Licence:
    query = [dpkg, "-W", "-f", "${Version}\n", name]
    version = subprocess.run(query, capture_output=True, text=True, check=True).stdout.partition("\n")[0]
    text = (COPYRIGHT / name / "copyright").read_text(encoding="utf-8", errors="replace")
    return Licence(name, version, "a library of the system, as Debian's", text)
