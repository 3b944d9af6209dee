from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest

from pixelforge.errors import OutputError
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.sheet_plan import SheetOptions
from pixelforge.services import settings as settings_module
from pixelforge.services.export import ExportOptions
from pixelforge.services.exporting import Export
from pixelforge.services.settings import (
    FORMAT_VERSION,
    MIGRATIONS,
    AppSettings,
    GenerationSettings,
    SetExport,
    change_settings,
    load_settings,
    save_settings,
)
from tests.made import asked, made

CHOICE = GenerationSettings(
    request=asked("cats", guidance_scale=2.5, sampler="ddim", steps=8, seed=7, count=16), seed_locked=True
)


def test_settings_come_back(tmp_path) -> None:
    path = tmp_path / "config" / "settings.json"
    settings = AppSettings(
        theme="dark",
        background="#102030",
        model="hero",
        generation=replace(CHOICE, request=replace(CHOICE.request, palette=PaletteRule(reduce_to=4))),
        window="AAEC",
        tray_columns=3,
        export=Export(
            target="/home/me/sheet.png",
            single=True,
            options=ExportOptions(
                sheet=SheetOptions(4, 1, 2, background=(1, 2, 3)),
                formats=("godot", "css"),
                names="{class}",
                palette=PaletteRule(colours=("#000000",), dither=4),
                indexed=True,
                recipes=False,
            ),
        ),
    )
    save_settings(path, settings)
    assert load_settings(path) == (settings, "")


def test_without_a_file_they_are_the_defaults(tmp_path) -> None:
    assert load_settings(tmp_path / "settings.json") == (AppSettings(), "")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b'{"export": {"target": "s.png", "options": {"formats": ["abacus"]}}}',
        b'{"theme": "pink"}',
        b'{"history_cap": 5}',
        b'{"background": "red"}',
        b'{"format_version": 0}',
        b'{"format_version": -1}',
        b'{"generation": 3}',
        b'{"x": ' + b"[" * 20_000,
    ],
    ids=[
        "empty",
        "cut",
        "bytes",
        "list",
        "format",
        "theme",
        "cap",
        "colour",
        "no version",
        "version",
        "controls",
        "deep",
    ],
)
def test_a_damaged_file_is_kept_aside_and_said(tmp_path, content) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    settings, notice = load_settings(path)
    assert settings == AppSettings()
    assert str(tmp_path / "settings-damaged.json") in notice
    assert (tmp_path / "settings-damaged.json").read_bytes() == content


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("sampling", "guidance_scale"), 99),
        (("sampling", "steps"), 0),
        (("sampling", "sampler"), "magic"),
        (("seed",), -1),
        (("count",), 0),
        (("conditions",), 3),
    ],
    ids=str,
)
def test_nonsense_in_the_controls_is_refused(tmp_path, path, value) -> None:
    file = tmp_path / "settings.json"
    save_settings(file, AppSettings(generation=CHOICE))
    content = json.loads(file.read_text())
    record = content["generation"]["request"]
    for name in path[:-1]:
        record = record[name]
    record[path[-1]] = value
    file.write_text(json.dumps(content))
    assert load_settings(file)[0] == AppSettings()


def test_many_steps_damage_nothing(tmp_path) -> None:
    """A model may have up to 100,000 timesteps."""
    settings = AppSettings(theme="dark", generation=GenerationSettings(request=asked("cats", steps=2500)))
    save_settings(tmp_path / "settings.json", settings)
    assert load_settings(tmp_path / "settings.json") == (settings, "")


def test_a_start_is_not_kept(tmp_path) -> None:
    varied = GenerationSettings(request=asked("cats", picture=made(1).pixels))
    save_settings(tmp_path / "settings.json", AppSettings(generation=varied))
    kept = load_settings(tmp_path / "settings.json")[0].generation
    assert kept == GenerationSettings(request=asked("cats"))


def test_settings_of_a_newer_app_are_kept(tmp_path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"format_version": 3, "theme": {"new": "kind"}}')
    settings, notice = load_settings(path)
    assert settings == AppSettings()
    assert "newer PixelForge" in notice
    save_settings(path, settings)
    assert json.loads((tmp_path / "settings-format-3.json").read_text())["theme"] == {"new": "kind"}


def test_every_older_format_has_a_way_to_the_next() -> None:
    assert list(MIGRATIONS) == list(range(1, FORMAT_VERSION))


@pytest.mark.parametrize("version", ["", '"format_version": 1, '])
def test_settings_of_the_first_format_are_read(tmp_path, version: str) -> None:
    path = tmp_path / "settings.json"
    choice = '{"class_names": ["cats"], "sampler": "ddim", "steps": 8, "guidance_scale": 2.5, "seed": 7, "count": 16'
    path.write_text(f'{{{version}"theme": "dark", "generation": {choice}, "seed_locked": true}}}}')
    assert load_settings(path) == (AppSettings(theme="dark", generation=CHOICE), "")


def test_unknown_keys_are_passed_over(tmp_path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "light", "more": 1}')
    assert load_settings(path) == (AppSettings(theme="light"), "")


def test_what_cannot_be_read_or_written_is_said(tmp_path) -> None:
    settings, notice = load_settings(tmp_path)  # a folder
    assert settings == AppSettings()
    assert "cannot be read" in notice
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        save_settings(tmp_path / "file" / "settings.json", AppSettings())


def test_a_file_that_is_too_large_is_moved_aside_and_not_copied(tmp_path) -> None:
    path = tmp_path / "settings.json"
    with path.open("wb") as file:
        file.truncate(2**40)  # which no disk here has room for
    settings, notice = load_settings(path)
    assert settings == AppSettings()
    assert "settings-damaged.json" in notice
    assert (tmp_path / "settings-damaged.json").stat().st_size == 2**40


def test_two_windows_keep_what_each_of_them_changed(tmp_path) -> None:
    path = tmp_path / "settings.json"
    started = AppSettings(set_exports=(exported(1, "old.png"), exported(2, "old.png")))
    save_settings(path, started)
    one = replace(started, theme="dark", set_exports=(exported(2, "old.png"), exported(1, "mine.png")))
    other = replace(started, history_cap=5000, set_exports=(exported(3, "theirs.png"),))
    change_settings(path, started, one)
    assert change_settings(path, started, other) == load_settings(path)[0]
    both, _ = load_settings(path)
    assert (both.theme, both.history_cap) == ("dark", 5000)
    assert both.set_exports == (exported(1, "mine.png"), exported(3, "theirs.png"))  # 2 was forgotten as it was known


def test_settings_whose_file_is_gone_are_written_whole(tmp_path) -> None:
    path = tmp_path / "settings.json"
    started = AppSettings(theme="dark")
    change_settings(path, started, replace(started, pixel_grid=True))
    assert load_settings(path)[0] == replace(started, pixel_grid=True)


def exported(set_id: int, target: str) -> SetExport:
    return SetExport(set_id=set_id, export=Export(target=target))


def test_what_cannot_be_read_for_a_moment_is_not_written_over(tmp_path, monkeypatch) -> None:
    """The defaults stand in for it then, and would take its place."""
    path = tmp_path / "settings.json"
    save_settings(path, AppSettings(save_folder="/home/me"))
    before, content = AppSettings(), path.read_bytes()
    with monkeypatch.context() as failing:
        failing.setattr(settings_module, "open_plain", unreadable)
        assert load_settings(path)[0] == before
        with pytest.raises(OutputError, match="cannot be read, so it is not written over: input/output error"):
            change_settings(path, before, replace(before, history_cap=1234))
    assert path.read_bytes() == content
    now = change_settings(path, before, replace(before, history_cap=1234))
    assert (now.save_folder, now.history_cap) == ("/home/me", 1234)


def unreadable(path: Path) -> None:
    raise OSError(errno.EIO, "Input/output error")
