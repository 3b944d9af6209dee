"""How sprites are drawn from a network. Without torch."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pixelforge.core.sampler import SAMPLERS
from pixelforge.errors import RequestError
from pixelforge.fields import check, setting


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """Sampler, steps and guidance: from a model's recommendation to a sprite's recipe. Raises RequestError."""

    sampler: str = setting(
        "dpm++2m",
        "Sampler",
        "The method that turns noise into sprites: instant is there for models with a distilled student, of the others "
        "dpm++2m needs the fewest steps, ddim draws no noise on the way, ddpm takes the most steps",
        among=tuple(SAMPLERS),
    )
    steps: int = setting(
        30,
        "Steps",
        "In how many steps noise becomes a sprite, at most as many as the model was trained on, mostly 1000: more take "
        "longer and can come out cleaner",
        least=1,
    )
    guidance_scale: float = setting(
        2.0,
        "Guidance",
        "How strictly the sprites follow their class; 1 leaves them free, high numbers make them bold and alike",
        least=1.0,
        most=15.0,
        step=0.5,
        flag="--guidance",
    )

    def __post_init__(self) -> None:
        check(self)

    def within(self, num_timesteps: int) -> Sampling:
        """The same in as many steps as a model has timesteps, at most."""
        return self if self.steps <= num_timesteps else replace(self, steps=num_timesteps)

    def check_steps(self, num_timesteps: int) -> None:
        """Raises RequestError if a model has fewer timesteps than this takes steps."""
        if self.steps > num_timesteps:
            raise RequestError(f"Steps must be 1 to {num_timesteps}, not {self.steps}.")
