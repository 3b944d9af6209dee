"""How fast sprites are made: `python -m tests.benchmarks.sampling`."""

from __future__ import annotations

from collections import deque
from itertools import islice
from statistics import median

import torch
from torch import Tensor

from pixelforge.core.checkpoint import Checkpoint
from pixelforge.core.condition import NULL
from pixelforge.core.diffusion import palette_colours
from pixelforge.core.noise import SpriteNoise
from pixelforge.core.pipeline import Model
from pixelforge.core.sampler import posterior
from pixelforge.core.schedule import NoiseSchedule
from pixelforge.services.generation import generate, load_model
from pixelforge.services.requests import make_request, of_classes
from tests.benchmarks.machine import MODEL, best_seconds, bundled, forward_gflop, seconds_of, sgemm_gflops
from training.learning.tensors import colours_from_logits

STEPS = 100  # of the 1000; every step costs the same
ROUNDS = 7


@torch.inference_mode()
def plain_loop(checkpoint: Checkpoint, schedule: NoiseSchedule, guidance_scale: float, steps: int) -> Tensor:
    """DDPM for one sprite as it is usually written: two forwards a step, one with the class and one without."""
    network, config = checkpoint.network, checkpoint.header.model
    colours = torch.from_numpy(palette_colours(config.palette, config.channels))
    noise = SpriteNoise([0], (config.channels, config.image_size, config.image_size))
    x, label, null = (
        torch.from_numpy(noise.draw()),
        torch.tensor([0]),
        torch.tensor(checkpoint.header.vocabulary.rows(NULL)),
    )
    for timestep in range(schedule.num_timesteps - 1, schedule.num_timesteps - 1 - steps, -1):
        t = torch.tensor([timestep])
        conditional, unconditional = network(x, t, label), network(x, t, null)
        pred_x0 = colours_from_logits(unconditional + guidance_scale * (conditional - unconditional), colours)
        of_x0, of_xt, variance = posterior(schedule.alpha_bar(timestep), schedule.alpha_bar(timestep - 1))
        x = of_x0 * pred_x0 + of_xt * x + variance**0.5 * torch.from_numpy(noise.draw())
    return x


def main() -> None:
    checkpoint, model = bundled(), load_model(MODEL, "cpu")
    header = checkpoint.header
    name = header.class_names[0]
    gflops = sgemm_gflops()
    print(f"sgemm 2048: {gflops:.0f} GFLOP/s on {torch.get_num_threads()} threads")

    def make(count: int) -> None:
        for _ in generate(model, make_request(header, of_classes([name]), count=count, seed=0)):
            pass

    settings = header.recommended
    print(f"default settings: {settings.sampler}, {settings.steps} steps, guidance {settings.guidance_scale:g}")
    config = header.model
    for count, rounds in ((1, 5), (64, 2)):
        seconds = best_seconds(lambda count=count: make(count), rounds)
        rows = count * (1 if settings.guidance_scale == 1 else 2)
        x = torch.zeros(rows, config.channels, config.image_size, config.image_size)
        t = torch.zeros(rows, dtype=torch.long)
        work = settings.steps * forward_gflop(checkpoint.network, x, t, t)
        share = work / seconds / gflops
        print(f"{count:3} sprites: {seconds:.2f} s, {work / seconds:.0f} GFLOP/s, {share:.0%} of sgemm")

    compare_with_plain_loop(checkpoint, model, name)


def compare_with_plain_loop(checkpoint: Checkpoint, model: Model, class_name: str) -> None:
    """One sprite, DDPM-1000. Both run STEPS of the 1000 steps in turn, so that what else the machine does hits both."""
    settings = {"sampler": "ddpm", "steps": model.schedule.num_timesteps, "guidance_scale": 2.0}
    request = make_request(model.header, of_classes([class_name]), count=1, seed=0, sampling=settings)
    plain, ours = [], []
    for _ in range(ROUNDS):
        plain.append(seconds_of(lambda: plain_loop(checkpoint, model.schedule, 2.0, STEPS)))
        ours.append(seconds_of(lambda: deque(islice(generate(model, request), STEPS), maxlen=0)))
    whole = model.schedule.num_timesteps / STEPS
    slow, quick = median(plain) * whole, median(ours) * whole
    print(f"one sprite, DDPM-1000: {quick:.1f} s; plain loop {slow:.1f} s; ratio {slow / quick:.2f}")


if __name__ == "__main__":
    main()
