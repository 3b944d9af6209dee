"""What can be wrong with a project file is told in words, with the key; nothing leads out of its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixelforge.errors import DatasetError, PixelForgeError, RequestError
from pixelforge.services.project.project_file import MAX_SETS, find_project, read_project


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "game" / "pixelforge.toml"


def written(file: Path, text: str | bytes) -> Path:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_a_set_has_the_values_of_the_defaults_but_its_own_first(file: Path) -> None:
    text = '[defaults]\nseed = 7\nscale = 2\nreduce = 8\n[sets.bats]\nkind = "bat"\nscale = 3\npalette = "pico-8"\n'
    one = read_project(written(file, text + "[sets.rats]\nclass = ['rats']\nout = 'art/rats'\n")).sets
    assert (one["bats"].values["seed"], one["bats"].options.sheet.scale, one["bats"].options.palette) == (7, 3, None)
    assert (one["rats"].options.sheet.scale, one["rats"].is_sheet, one["rats"].out.as_posix()) == (2, False, "art/rats")
    assert one["rats"].options.palette.reduce_to == 8
    assert one["bats"].values["kind"] == ("bat",)


def test_sets_stand_behind_those_that_they_are_made_of(file: Path) -> None:
    text = '[sets.all]\nsets = ["b", "a"]\n[sets.a]\nclass = "x"\n[sets.b]\nsets = ["a"]\n'
    assert list(read_project(written(file, text)).sets) == ["a", "b", "all"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it has no sets"),
        ("sets = 3", "[sets.NAME] is one for each set"),
        ("[sets]\na = 3", "[sets.a]: it is no table"),
        ('[sets.a]\nclass = "x\n', ", line 2, is no TOML: "),
        ('[sets.a]\nclass = "x', ", at its end, is no TOML: "),
        ("[sets.a]\n[sets.a]", ", line 2, is no TOML: cannot declare"),
        ("[sets.a]\nseed = 1\nseed = 2\n", ", line 3, is no TOML: cannot overwrite a value"),
        (b"[sets.a]\nclass = '\xff'", "is no text in UTF-8"),
        ("x = " + "[" * 9000, "nests tables more deeply"),
        (f"[sets.a]\nseed = {'9' * 5000}", "is no TOML: exceeds the limit"),
        ("seed = 1\n[sets.a]", "no key 'seed' at the top under [defaults] or in a set"),
        ("[set.a]\nclass='x'", "no key 'set' at the top; the nearest is sets"),
        ('[sets.a]\ncolor = "red"', "[sets.a]: there is no key 'color'; the nearest is colour"),
        ('[defaults]\nkind = "bat"\n[sets.a]', "[defaults]: kind belongs into a set"),
        ('[sets.a]\ncount = "4"', '[sets.a]: count is a whole number, not "4"'),
        ("[sets.a]\ncount = true", "count is a whole number, not true"),
        ("[sets.a]\nkind = [1]", "kind is a text or a list of texts, such as"),
        ("[sets.a]\nkind = []", "kind is a text or a list of texts"),
        ("[sets.a]\nstyle = ' '", "style is a text"),
        ("[sets.a]\nindexed = 1", "indexed is true or false, not 1"),
        ("[sets.a]\nstyle = {a = 1}", "style is a text, such as"),
        ("[sets.a]\nscale = 99", "[sets.a]: The sheet's scale must be 1 to 16, not 99"),
        ("[sets.a]\nformat = 'gadot'", "There is no format 'gadot'; the nearest is godot."),
        ("[sets.a]\npattern = '{clas}'", "names 'clas'"),
        ("[sets.a]\nbackground = 'red'", "[sets.a]: "),
        ("[sets.a]\ndither = 3", "dither is one of 0, 2, 4, not 3"),
        ("[sets.a]\nreduce = 1", "reduced to 2 to 64"),
        ("[sets.a]\nreduce = 4\npalette = 'pico-8'", "exclude each other"),
        ("[sets.a]\nlist = 'a.csv'\npictures = 'b.png'", "both list and pictures"),
        ("[sets.a]\nlist = 'a.csv'\ncount = 3", "count is of no use beside list"),
        ("[sets.a]\npictures = 'b.png'\nseed = 3", "seed is of no use beside pictures"),
        ("[sets.a]\nout = 'a.gif'", "ends in .png, or a folder without a suffix, not 'a.gif'"),
        ("[sets.a]\nout = 'x'\npadding = 2", "padding is for sheets"),
        ("[sets.a]\nout = '.'", "out is a sheet"),
        ("[sets.'a/b']", "A name cannot hold"),
        ("[sets.a]\n[sets.A]", "differ in capitals alone"),
        ("[sets.a]\nsets = 'b'\n[sets.bb]", "there is no set 'b'; the nearest is bb"),
        ("[sets.a]\nsets = ['b','b']\n[sets.b]", "names one of them twice"),
        ("[sets.a]\nsets = 'a'", "made of each other in a circle: a -> a"),
        ("[sets.a]\nsets='b'\n[sets.b]\nsets='c'\n[sets.c]\nsets='a'", "in a circle: "),
        ("[sets.a]\nout='x.png'\n[sets.b]\nout='X.PNG'", "the sets a and b both write X.PNG"),
        (
            "[sets.a]\nout='x.png'\nformat='css'\n[sets.b]\nout='y/z.png'\n[sets.c]\nout='x.css/y.png'",
            "into what the set",
        ),
        ("[sets.a]\nout='x'\n[sets.b]\nout='x/y/b.png'", "writes x/y/b.png into what the set a writes, x"),
        ("[sets.a]\npictures='b.png'\n[sets.b]", 'b.png: the set b writes b.png, so read it as sets = ["b"]'),
        ("[sets.a]\npictures='.'\n[sets.b]", "the set a writes a.png"),
        ("[sets.a]\npictures='art/in'\n[sets.b]\nout='art'", "the set b writes art"),
    ],
)
def test_what_is_wrong_is_told(file: Path, text: str | bytes, told: str) -> None:
    with pytest.raises(PixelForgeError) as error:
        read_project(written(file, text))
    assert told in str(error.value)
    assert str(error.value).startswith(str(file))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("../x.png", "leads out of the project's folder by its '..'"),
        ("a/../../x.png", "leads out"),
        ("/etc/x.png", "is no path from the project's folder on"),
        ("~/x.png", "is no path from"),
        ("C:x.png", "is no path from"),
        ("//server/x.png", "is no path from"),
        ("a\\\\x.png", "has a backslash"),
        ("con/x.png", "can be called 'con'"),
        ("aux.png", "can be called 'aux.png'"),
        ("a?.png", "holds a letter"),
        ("a\\u0000.png", "holds a letter"),
        ("a./x.png", "can be called 'a.'"),
        (".pixelforge/x.png", "holds what is only kept"),
        ("link/x.png", "leads out of the project's folder by a link"),
        ("round/x.png", "link"),
    ],
)
@pytest.mark.parametrize("key", ["out", "pictures"])
def test_paths_stay_in_the_folder(file: Path, path: str, told: str, key: str) -> None:
    written(file, f'[sets.a]\n{key} = "{path}"\n')
    (file.parent / "link").symlink_to(file.parent.parent)
    (file.parent / "round").symlink_to(file.parent / "round")
    with pytest.raises(RequestError, match=r"\[sets\.a\]") as error:
        read_project(file)
    assert told in str(error.value)


def test_ten_thousand_sets_are_read_and_more_refused(file: Path) -> None:
    lines = [f'[sets.s{number}]\nsets = ["s{number - 1}"]' for number in range(1, MAX_SETS)]
    text = '[sets.s0]\nclass = "cats"\n' + "\n".join(lines)
    assert list(read_project(written(file, text)).sets)[-1] == f"s{MAX_SETS - 1}"  # a chain as long as there can be
    with pytest.raises(RequestError, match=r"10,001 sets; a project has at most 10,000"):
        read_project(written(file, f"{text}\n[sets.more]\n"))


def test_a_file_that_is_none_is_told(tmp_path: Path, file: Path) -> None:
    with pytest.raises(RequestError, match=r"There is no .*pixelforge\.toml"):
        find_project(tmp_path)
    with pytest.raises(RequestError, match="There is no"):
        find_project(tmp_path / "other.toml")
    assert find_project(written(file, "").parent) == file
    (tmp_path / "pixelforge.toml").mkdir()
    with pytest.raises(DatasetError, match="cannot be read"):
        read_project(tmp_path / "pixelforge.toml")


def test_the_mark_that_some_editors_begin_a_text_with_is_no_error(file: Path) -> None:
    assert "a" in read_project(written(file, b"\xef\xbb\xbf[sets.a]\r\nclass = 'cats'\r\n")).sets


@pytest.mark.parametrize("part", [".a", " . a", '."a"', ".'a'"])
def test_tables_within_tables_without_end_are_refused_at_once(file: Path, part: str) -> None:
    """Reading them takes time that grows with the square of their number."""
    with pytest.raises(RequestError, match="nests tables more deeply"):
        read_project(written(file, f"[sets.a{part * 200_000}]\n"))
    names = ", ".join(f'"a.b/{number}.png"' for number in range(200))
    assert read_project(written(file, f"[sets.a]\npictures = [{names}]\n")).sets["a"].pictures
