from __future__ import annotations

from pathlib import Path

import pytest

from pixelforge.core.header import Student, read_header
from pixelforge.errors import Remedy, RequestError
from pixelforge.services.quality import find_quality, qualities
from tests.pointer import write_pointer_model


def test_instant_is_offered_where_there_is_a_student(tmp_path: Path) -> None:
    plain = read_header(write_pointer_model(tmp_path / "plain.safetensors"))
    fast = read_header(write_pointer_model(tmp_path / "fast.safetensors", student=Student()))
    shown = [(quality.label, quality.sampler, quality.steps) for quality in qualities(fast)]
    rest = [("Fast", "dpm++2m", 15), ("Fine", "ddim", 2), ("Classic 1000", "ddpm", 1000)]
    assert shown == [("Instant", "instant", 4), *rest]
    assert [(quality.label, quality.sampler, quality.steps) for quality in qualities(plain)] == rest
    assert find_quality(fast, "instant") == qualities(fast)[0]
    with pytest.raises(RequestError, match="no student that makes sprites in an instant") as raised:
        find_quality(plain, "instant")
    assert raised.value.remedies == (Remedy.DISTIL,)
    with pytest.raises(RequestError, match="no quality 'best'; choose one of instant, fast, fine, classic"):
        find_quality(fast, "best")
