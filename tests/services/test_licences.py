"""Licences: of the packages that are installed here, and as they are packaged."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

import pytest

from pixelforge.services import licences as module
from pixelforge.services.licences import (
    Licence,
    installed_packages,
    licences,
    licences_of,
    of_package,
    parts,
    save_licences,
)


def test_the_app_is_made_of_its_requirements_and_theirs() -> None:
    packages = installed_packages()
    assert {"torch", "numpy", "pyside6-essentials", "shiboken6", "typer", "sympy"} <= set(packages)
    assert not {"pytest", "hypothesis", "ruff", "pyinstaller"} & set(packages)


def test_the_parts_are_those_that_have_licences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = licences_of(["numpy", "pillow"])
    assert set(parts()) >= {f"{part.name} {part.version}" for part in found}
    save_licences(found, tmp_path)
    monkeypatch.setattr(module, "packaged_licences_folder", lambda: tmp_path)
    assert parts() == tuple(f"{part.name} {part.version}" for part in found)


def test_every_part_has_a_kind_and_a_text() -> None:
    found = licences()
    assert [part.name for part in found] == sorted((part.name for part in found), key=str.lower)
    assert "Python" in [part.name for part in found]
    for part in found:
        assert part.kind, part.name
        if part.name != "pixelforge":  # installed for development it brings no text: LICENSE stands in the folder
            assert len(part.text) > 200, part.name


def test_licences_that_lie_in_the_package_itself_are_found() -> None:
    text = of_package(distribution("onnxruntime")).text
    assert "Permission is hereby granted, free of charge" in text
    assert "THIRD PARTY" in text.upper()  # ThirdPartyNotices.txt


def test_qt_comes_with_its_note_and_the_lgpl_and_the_gpl() -> None:
    text = of_package(distribution("PySide6_Essentials")).text
    assert "shared libraries" in text
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "GNU GENERAL PUBLIC LICENSE" in text


def test_torch_comes_with_those_of_what_it_holds() -> None:
    text = of_package(distribution("torch")).text
    assert "From PyTorch" in text
    assert "gloo" in text.lower()


def test_what_was_packaged_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = licences_of(["numpy", "pillow"])
    odd = Licence("odd", "1.0-2+b1", "", "first line\n\nthird, with ümlauts\n  indented")
    save_licences([*found, odd], tmp_path)
    monkeypatch.setattr(module, "packaged_licences_folder", lambda: tmp_path)
    assert [part.name for part in licences()] == ["numpy", "odd", "pillow", "Python"]
    assert licences()[1] == odd
    assert licences()[0] == Licence(found[0].name, found[0].version, found[0].kind, found[0].text)
