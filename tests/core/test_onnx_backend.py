from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from pixelforge.core.backend import Backend
from pixelforge.core.build import build_network
from pixelforge.core.checkpoint import load_checkpoint
from pixelforge.core.condition import Cue
from pixelforge.core.config import Colour, ModelConfig
from pixelforge.core.network import Network
from pixelforge.core.onnx_backend import CHUNK, OnnxBackend
from pixelforge.core.onnx_unet import unet_graph
from pixelforge.core.torch_backend import TorchBackend
from pixelforge.core.weights import Floats, Weights
from tests.pointer import DAWN, write_pointer_model

Randomise = Callable[[Network], Network]
ROWS = [(0,), (1, 3), (2,), (1, 3), (0, 1, 2)]


def weights_of(network: Network) -> Weights:
    return Weights(network.arrays())


def noise(rows: int, side: int = 8) -> Floats:
    return np.random.default_rng(0).standard_normal((rows, 4, side, side), np.float32)


def assert_it_is_torchs(config: ModelConfig, network: Network, cues: list[Cue]) -> None:
    """At every timestep promised, over several chunks of them, when one is asked again, and at ones not promised."""
    onnx.checker.check_model(onnx.load_from_string(unet_graph(config, weights_of(network))), full_check=True)
    timesteps = range(999, -1, -999 // (2 * CHUNK + 5))
    assert len(timesteps) > 2 * CHUNK
    backends: list[Backend] = [OnnxBackend(config, weights_of(network)), TorchBackend(network)]
    ours, torchs = (backend.prepare(cues, timesteps) for backend in backends)
    x = noise(len(cues), config.image_size)
    for t in [*timesteps, timesteps[3], timesteps[-1], 501, 502]:
        np.testing.assert_allclose(ours(x, t), torchs(x, t), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "shape",
    [
        {"multipliers": (1, 2, 1), "blocks_per_level": 2, "augment_dim": 5},
        {"multipliers": (2,), "attention_levels": (), "embed_width": 24, "image_size": 9},
        {"multipliers": (1, 1, 2), "attention_levels": (0, 2), "num_heads": 1, "image_size": 16, "prediction": "v"},
    ],
    ids=lambda shape: f"multipliers {shape['multipliers']}",
)
def test_it_is_the_network_in_torch(shape: dict, tiny: ModelConfig, randomise: Randomise) -> None:
    config = replace(tiny, **shape)
    assert_it_is_torchs(config, randomise(build_network(config)), [Cue(row) for row in ROWS])


@pytest.mark.parametrize("palettes", [(DAWN, DAWN[:1], ()), ((), (), ())], ids=["palettes", "no palette"])
def test_it_is_the_pointer_network_in_torch(palettes: tuple[tuple[Colour, ...], ...], tmp_path: Path) -> None:
    checkpoint = load_checkpoint(write_pointer_model(tmp_path / "words.safetensors"))
    cues = [Cue(row, palette) for row, palette in zip(ROWS, palettes, strict=False)]
    assert_it_is_torchs(checkpoint.header.model, checkpoint.network, cues)


@pytest.mark.usefixtures("threads")
def test_a_row_does_not_depend_on_the_number_of_rows(tiny: ModelConfig, randomise: Randomise) -> None:
    config = replace(tiny, image_size=16, base_width=32, multipliers=(1, 2, 2))
    backend = OnnxBackend(config, weights_of(randomise(build_network(config))))
    cues, x = [Cue((row % 3, 3)) for row in range(64)], noise(64, side=16)
    whole = backend.prepare(cues, (500, 10))(x, 500)
    for rows in (1, 2, 5, 15, 16, 33):
        np.testing.assert_array_equal(
            backend.prepare(cues[:rows], (500, 10))(x[:rows], 500), whole[:rows], f"{rows} rows"
        )


@pytest.mark.usefixtures("threads")
def test_threads_that_ask_at_once_get_what_they_get_alone(tiny: ModelConfig, randomise: Randomise) -> None:
    backend = OnnxBackend(tiny, weights_of(randomise(build_network(tiny))))
    answers = [backend.prepare([Cue((row % 3,))] * (9 + row), (500, 10)) for row in range(4)]
    alone = [answer(noise(9 + row), 500) for row, answer in enumerate(answers)]
    with ThreadPoolExecutor(4) as asking:
        for _ in range(5):
            together = asking.map(lambda row: answers[row](noise(9 + row), 500), range(4))
            for made, expected in zip(together, alone, strict=True):
                np.testing.assert_array_equal(made, expected)


def test_a_network_with_parts_that_it_does_not_know_is_not_run(tiny: ModelConfig) -> None:
    weights = build_network(tiny).arrays()
    with pytest.raises(ValueError, match=r"no part of the graph: mid\.3\.weight"):
        OnnxBackend(tiny, Weights({**weights, "mid.3.weight": weights["out_norm.weight"]}))


SCARCE = """
import resource
from dataclasses import replace
from pathlib import Path
import numpy as np
from pixelforge.core import onnx_backend
from pixelforge.core.build import build_network
from pixelforge.core.condition import Cue
from pixelforge.core.onnx_backend import OnnxBackend
from pixelforge.core.weights import Weights
from tests.tiny import TINY
# One large piece is to be lacking: for want of a small one, in a thread of its own, ONNX Runtime may abort.
onnx_backend.ROWS_AT_ONCE, onnx_backend.num_threads = 6000, lambda: 1
config = replace(TINY, image_size=16, base_width=32)
backend = OnnxBackend(config, Weights(build_network(config).arrays()))
x, answer = np.zeros((6000, 4, 16, 16), np.float32), backend.prepare([Cue((0,))] * 6000, (5,))
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**26,) * 2)
try:
    answer(x, 5)
except (RuntimeError, MemoryError) as error:
    print(backend.is_out_of_memory(error), backend.is_out_of_memory(RuntimeError("a shape is wrong")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there can memory be made scarce")
def test_it_knows_when_memory_runs_out() -> None:
    """In a process of its own: one that has run other tests has memory to spare within its limit."""
    command = [sys.executable, "-c", SCARCE]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert result.stdout.split() == ["True", "False"], result.stderr


def test_nothing_is_told_to_anybody(tmp_path: Path) -> None:
    """ONNX Runtime writes an identity into the user's home when it is loaded, unless it is told not to."""
    graph = tmp_path / "graph.onnx"
    graph.write_bytes(onnx.helper.make_model(onnx.helper.make_graph([], "nothing", [], [])).SerializeToString())
    program = (
        "import sys; from pixelforge.core.onnx_backend import _session\n"
        "try:\n    _session(open(sys.argv[1], 'rb').read())\nexcept Exception:\n    pass\n"
        "assert 'onnxruntime' in sys.modules"
    )
    home = tmp_path / "home"
    home.mkdir()
    told = {name: value for name, value in os.environ.items() if name not in ("ORT_DISABLE_TELEMETRY", "CI")}
    environment = {**told, "HOME": str(home), "XDG_CACHE_HOME": str(home), "XDG_DATA_HOME": str(home)}
    subprocess.run([sys.executable, "-c", program, graph], env=environment, check=True)
    assert list(home.rglob("*")) == []
