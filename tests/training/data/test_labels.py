"""labels.csv: what it tells, of a folder and of a .zip, and whatever may be wrong with it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixelforge.errors import DatasetError
from tests.training.conftest import blob, write_sprite
from training.data import labels as labels_module
from training.data.indexed import IndexedSprites, words_of
from training.data.labels import parse_labels
from training.data.report import report_lines, report_on
from training.data.sprites import SpriteDataset, load_sprites, split_holdout

FILES = ("a/items/chest.png", "a/items/key.png", "b/beasts/bat_f0.png", "b/beasts/bat_f1.png", "b/beasts/cow.png")
TABLE = """pack,file,group,class,kind,style,detail,ok
a,items/chest.png,chest,items,Chest,Flat,gold,1
a,items\\key.png,,,key,flat,"small, rusty",0
b,beasts/bat_f0.png,bat,monsters,bat,icons,,1
b,beasts/bat_f1.png,bat,monsters,bat,icons,,1
b,beasts/cow.png,,,,icons,,
"""


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """Two packs of class folders, without a labels.csv."""
    rng = np.random.default_rng(0)
    for file in FILES:
        write_sprite(tmp_path / "packs" / file, blob(rng))
    return tmp_path / "packs"


def labelled(folder: Path, text: str | bytes) -> SpriteDataset:
    content = text.encode() if isinstance(text, str) else text
    (folder / "labels.csv").write_bytes(content)
    return load_sprites(folder, 8)


def test_facings_are_told_where_there_is_such_a_column(packs: Path) -> None:
    rows = "".join(f"{file},{facing}\n" for file, facing in zip(FILES, ("", "", "Left", " down ", ""), strict=True))
    before = load_sprites(packs, 8)
    assert set(before.facings) == {""}
    data = labelled(packs, "file,facing\n" + rows)
    assert sorted(data.facings) == ["", "", "", "down", "left"]
    assert words_of(data).facings == ("down", "left")
    assert words_of(before).facings == ()
    column = IndexedSprites.of(data, words_of(data)).words[:, 5]
    assert [("", "down", "left")[word + 1] for word in column] == list(data.facings)
    assert data.fingerprint() != labelled(packs, "file\n" + "\n".join(FILES)).fingerprint()


def told(data: SpriteDataset) -> set[tuple[str, str, str, str]]:
    names = (data.class_names[label] for label in data.labels)
    return set(zip(names, data.kinds, data.styles, data.groups, strict=True))


def test_class_kind_style_and_group_are_told_a_line_a_picture(packs: Path) -> None:
    data = labelled(packs, TABLE)
    assert len(data) == 4
    assert told(data) == {
        ("items", "chest", "flat", "a/chest"),
        ("monsters", "bat", "icons", "b/bat"),
        ("beasts", "", "icons", "b/beasts/cow"),  # the folder's class, no kind, a group of its own
    }
    assert [line.partition("labels.csv: ")[2] for line in data.warnings] == ["1 picture left out, as ok is 0."]


@pytest.mark.parametrize("prefix", ["", "my data/", "x/y/"])
def test_a_zip_is_as_the_folder(packs: Path, tmp_path: Path, prefix: str) -> None:
    data = labelled(packs, TABLE)
    with zipfile.ZipFile(tmp_path / "packs.zip", "w") as archive:
        for file in sorted(packs.rglob("*")):
            archive.write(file, prefix + file.relative_to(packs).as_posix())
    packed = load_sprites(tmp_path / "packs.zip", 8)
    assert packed.fingerprint() == data.fingerprint()
    assert "'labels.csv'" in packed.warnings[0].replace(prefix, "")


def test_a_labels_csv_further_down_is_none(packs: Path) -> None:
    (packs / "a" / "labels.csv").write_text("file,class\nitems/chest.png,x\n")
    assert load_sprites(packs, 8).class_names == ("a", "b")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_as_spreadsheets_write_it(packs: Path, encoding: str, delimiter: str, ending: str) -> None:
    lines = [" File ", "KIND", "Class"], ["./a/items/chest.png", "Truhe für  Gold", " items "]
    text = "".join(delimiter.join(line) + ending for line in lines) + delimiter * 2 + ending
    data = labelled(packs, text.encode(encoding))
    assert ("items", "truhe für gold", "", "a/items/chest") in told(data)


@pytest.mark.parametrize(("separator", "ending"), [(";", "\r\n"), ("|", "\n"), (",", "\r")])
def test_a_separator_that_is_told_to_excel(packs: Path, separator: str, ending: str) -> None:
    lines = f"file{separator}kind", f"{FILES[0]}{separator}Truhe", f"../x{separator}y"
    data = labelled(packs, f"SEP={separator}{ending}{ending.join(lines)}".encode("utf-8-sig"))
    assert ("a", "truhe", "", "a/items/chest") in told(data)
    assert "(line 4: '../x')" in data.warnings[0]


def test_columns_that_are_misspelt_or_tell_nothing(packs: Path) -> None:
    data = labelled(packs, f"file,kinds,classes,frame,detail\n{FILES[0]},key,items,1,x\n")
    assert [line.partition("labels.csv")[2] for line in data.warnings[:3]] == [
        " has none of the columns class, kind, style, facing, group, ok, so it tells nothing.",
        ": the column 'kinds' is passed over. Should it be 'kind'?",
        ": the column 'classes' is passed over. Should it be 'class'?",
    ]
    assert len(labelled(packs, TABLE).warnings) == 1


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252"])
def test_other_encodings_are_refused_with_a_remedy(packs: Path, encoding: str) -> None:
    with pytest.raises(DatasetError, match=r"labels\.csv is not UTF-8 text: save it as UTF-8"):
        labelled(packs, f"file,kind\n{FILES[0]},größe\n".encode(encoding))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "needs a column 'file', but its first line is empty"),
        ("\n\nfile\n", "first line is empty"),
        ("name,class\na,b\n", "needs a column 'file', but its first line is 'name, class'"),
        (f"{'x' * 5000}\n", "needs a column 'file'"),
        ("file,class,File\n", "the column 'file' more than once"),
        ('file,kind\na.png,x\n"b.png,y\nc.png,z\n', "line 3, cannot be read: a quotation mark is not closed there"),
        ('file,kind\na.png,"x"y\n', "line 2, cannot be read: .* put in quotation marks, its own written twice"),
        ('file\n"' + "x\n" * 100_000 + '"', "line 2, cannot be read: a quotation mark is not closed"),
        ("file\n" + "x" * 100_001, "line 2, is longer than 100,000 letters"),
        ("file\n" + "\n" * 250_000, "more than 250,000 lines"),
        ("file\n" + "a.png\n" * 250_000, "more than 250,000 lines"),
        ("file" + "," * 200_000, "line 1, is longer"),
        ("file,class\na.png," + "x" * 81, r"line 2: .* is too long for a class"),
        ("file,kind\n" + "".join(f"{i}.png,kind {i}\n" for i in range(10_001)), "10,001 different words .* 'kind'"),
        ("file,style\n" + "".join(f"{i}.png,{i}\n" for i in range(1001)), "1,001 different words"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(packs: Path, text: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message) as caught:
        labelled(packs, text)
    assert str(packs / "labels.csv") in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_folder_of_that_name(packs: Path) -> None:
    (packs / "labels.csv").mkdir()
    with pytest.raises(DatasetError, match=r"labels\.csv is no file"):
        load_sprites(packs, 8)


def test_one_that_is_too_large(packs: Path, monkeypatch) -> None:
    monkeypatch.setattr(labels_module, "MAX_LABELS_BYTES", 100)
    with pytest.raises(DatasetError, match=r"labels\.csv is larger"):
        labelled(packs, TABLE)


def test_one_that_swells_in_a_zip(packs: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("labels.csv", b"file\n" * (7 * 2**20))
        archive.write(packs / FILES[0], "a/x.png")
    with pytest.raises(DatasetError, match=r"'labels\.csv' in .* is larger"):
        load_sprites(tmp_path / "z.zip", 8)


def test_a_damaged_one_in_a_zip(packs: Path, tmp_path: Path) -> None:
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("labels.csv", TABLE)
        archive.write(packs / FILES[0], "a/x.png")
    path.write_bytes(path.read_bytes().replace(b"chest", b"CHEST"))
    with pytest.raises(DatasetError, match=r"'labels\.csv' in .* cannot be read"):
        load_sprites(path, 8)


def test_ten_thousand_kinds_are_read() -> None:
    text = "file,kind,class\n" + "".join(f"{i}.png,kind {i},class {i % 1000}\n" for i in range(10_000))
    assert len(parse_labels(text.encode(), "labels.csv").rows) == 10_000


def test_what_is_wrong_with_lines_is_told_in_a_line_each(packs: Path, tmp_path: Path) -> None:
    write_sprite(tmp_path / "outside.png", blob(np.random.default_rng(1)))
    write_sprite(packs / "loose.png", blob(np.random.default_rng(2)))
    lines = [
        "file,class,ok",
        *(f"a/items/gone{number}.png,items,1" for number in range(3)),
        "never.png,items,0",  # it is not wanted, and not there
        "../outside.png,items,1",
        "a/../../outside.png,items,1",
        "/etc/outside.png,items,1",
        "C:\\outside.png,items,1",
        ",items,1",
        "a/items/../items/chest.png,treasure,1",
        "a/items/chest.png,items,1",
        "a/items/key.png,items,maybe",
        "b/beasts/cow, brown.png,beasts,1",
        "b/beasts/cow.png",
    ]
    data = labelled(packs, "\n".join(lines))
    assert data.counts() == {"b": 3, "items": 1, "treasure": 1}
    said = [line.partition("labels.csv: ")[2] for line in data.warnings]
    assert said == [
        "4 lines with a path that leads out of the folder, passed over (line 6: '../outside.png').",
        "1 line without a file, passed over (line 10).",
        "1 line with a file that an earlier line has, passed over (line 12: 'a/items/chest.png').",
        "2 lines with neither 0 nor 1 for ok, whose pictures are kept (line 13: 'maybe').",
        "1 line with more fields than the first line: a name with a comma in it needs quotes (line 14).",
        "4 lines with a file that is not there (line 2: 'a/items/gone0.png').",
        "2 pictures without a line, told by folder and name ('b/beasts/bat_f0.png').",
    ]


def test_pictures_without_a_line_are_told_by_folder_and_name(packs: Path) -> None:
    data = labelled(packs, "pack,file,kind\nb,beasts/cow.png,aurochs\n")
    assert told(data) == {
        ("beasts", "aurochs", "", "b/beasts/cow"),
        ("beasts", "bat", "", "b/beasts/bat"),
        ("a", "chest", "", "a/items/chest"),  # of a no line says that it is a pack
        ("a", "key", "", "a/items/key"),
    }


def test_a_flat_folder(tmp_path: Path) -> None:
    for name in ("Axe_1.png", "bow.png"):
        write_sprite(tmp_path / "hats" / name, blob(np.random.default_rng(len(name))))
    data = labelled(tmp_path / "hats", "file,style\nAxe_1.png,flat\nbow.png,\n")
    assert told(data) == {("hats", "axe", "flat", "Axe_1"), ("hats", "bow", "", "bow")}


def test_all_pictures_left_out_are_an_error_that_says_so(packs: Path) -> None:
    with pytest.raises(DatasetError, match="5 pictures left out, as ok is 0"):
        labelled(packs, "file,ok\n" + "".join(f"{file},0\n" for file in FILES))


def test_a_letter_is_the_same_however_it_is_composed(tmp_path: Path) -> None:
    write_sprite(tmp_path / "a" / "ba\N{COMBINING DIAERESIS}r.png", blob(np.random.default_rng(0)))
    assert labelled(tmp_path, "file,kind\na/b\N{LATIN SMALL LETTER A WITH DIAERESIS}r.png,bear\n").kinds == ("bear",)


def test_words_lose_what_cannot_be_printed(packs: Path) -> None:
    data = labelled(packs, f'file,class,kind,style\n{FILES[0]},"my\nitems","\x1b[31mRed\u200f",{"x" * 80}\n')
    assert ("my items", "[31mred", "x" * 80, "a/items/chest") in told(data)


def test_labels_change_the_fingerprint_and_names_alone_do_not(packs: Path) -> None:
    plain = load_sprites(packs / "b", 8)
    marks = {plain.fingerprint()}
    for table in ("file,style\nbeasts/cow.png,flat\n", "file,kind\nbeasts/cow.png,aurochs\n"):
        marks.add(labelled(packs / "b", table).fingerprint())
    assert len(marks) == 3
    again = SpriteDataset(plain.sprites, plain.labels, plain.class_names, plain.groups, kinds=("bat", "bat", "cow"))
    assert again.fingerprint() == plain.fingerprint()


def test_a_group_of_two_classes_is_held_out_of_both_and_none_is_left_empty() -> None:
    count = 60
    labels = np.arange(count) % 3
    groups = tuple(f"g{number // 4}" if number % 3 < 2 else "single" for number in range(count))
    data = SpriteDataset(np.zeros((count, 2, 2, 4), np.uint8), labels, ("a", "b", "c"), groups)
    for seed in range(20):
        training, heldout = split_holdout(data, 0.3, seed)
        assert not set(training.groups) & set(heldout.groups)
        assert all(training.counts().values())
        assert heldout.counts()["a"] >= 6


def test_the_report_tells_of_kinds_styles_palettes_and_what_was_left_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    lines = ["file,kind,style,group,ok"]
    for number in range(26):
        sprite = blob(rng)
        if number % 2:
            sprite[sprite[..., 3] > 0, :3] = rng.integers(0, 256, ((sprite[..., 3] > 0).sum(), 3))
        write_sprite(tmp_path / "beasts" / f"{number:02}.png", sprite)
        lines.append(f"beasts/{number:02}.png,{'cow' if number < 20 else 'owl'},{'many' if number % 2 else 'few'}"
                     f",{number // 2 % 4},{int(number != 25)}")  # fmt: skip
    (tmp_path / "labels.csv").write_text("\n".join(lines))
    report, _ = report_on(tmp_path, 8)
    assert report.kinds == {"cow": 20, "owl": 5}
    assert report.figures == 4
    assert list(report.styles) == ["few", "many"]
    few, many = report.styles.values()
    assert (few.sprites, few.colours, few.palette, few.error) == (13, 4, 4, 0)
    assert (many.sprites, many.palette) == (12, 64)
    assert many.colours > 64
    assert 0 < many.error < 10
    assert report.left_out == ()
    text = "\n".join(report_lines(report))
    for words in (
        "4 figures, whose pictures are held out together",
        "2 kinds, 1 with 12 sprites or more: cow 20\n",
        "styles, each with a palette of its own: 2\n  few: 13 sprites, 4 colours\n  many: 12 sprites, 64 of ",
        "labels.csv: 1 picture left out, as ok is 0.",
    ):
        assert words in text


@given(st.binary(max_size=200), st.sampled_from([b"", b"file,ok\n", b"pack,file,class,kind,style,group,ok\n"]))
def test_rubbish_gives_no_other_error(content: bytes, head: bytes) -> None:
    try:
        labels = parse_labels(head + content, "labels.csv")
    except DatasetError as error:
        message = str(error)
        assert "labels.csv" in message
    else:
        assert all(path and not path.startswith(("/", "..")) for path in labels.rows)
