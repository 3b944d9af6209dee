"""Sixty broken files for every reader; `python -m tests.fuzz.long` tries ten thousand."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.readers import READERS, Files, PixelForgeError, Reader, lay_out, reader_input

INPUTS = 60  # a reader


@pytest.fixture(params=READERS, ids=lambda reader: reader.name)
def reader(request: pytest.FixtureRequest) -> Reader:
    chosen: Reader = request.param
    return chosen


@pytest.fixture
def variants(reader: Reader, tmp_path: Path) -> Sequence[Files]:
    return reader.make(tmp_path)


def test_whole_files_are_read(reader: Reader, variants: Sequence[Files], tmp_path: Path) -> None:
    for number, files in enumerate(variants):
        reader.read(lay_out(files, tmp_path / str(number)))


@settings(
    max_examples=INPUTS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(number=st.integers(0, 2**32))
def test_broken_files_give_no_other_error(
    reader: Reader, variants: Sequence[Files], tmp_path: Path, number: int
) -> None:
    folder = tmp_path / "given"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with suppress(PixelForgeError):
        reader.read(reader_input(reader, random.Random(number), variants, folder))
    assert not (tmp_path / "evil.png").exists()
