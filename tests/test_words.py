from pixelforge.words import counted


def test_things_are_counted() -> None:
    assert [counted(count, "sprite") for count in (0, 1, 2, 1024)] == [
        "0 sprites",
        "1 sprite",
        "2 sprites",
        "1,024 sprites",
    ]
    assert [counted(count, "class") for count in (1, 6)] == ["1 class", "6 classes"]
