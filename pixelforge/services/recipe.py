"""How a sprite was made, carried by its PNG. Nothing else knows the flat JSON in which it stands there."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import msgspec
import numpy as np

from pixelforge import __version__
from pixelforge.core.blend import Blend
from pixelforge.core.condition import Condition
from pixelforge.core.sampling import Sampling
from pixelforge.core.start import Keep, Start
from pixelforge.errors import DatasetError, RequestError
from pixelforge.files import parse_json
from pixelforge.imaging.palette import PaletteRule
from pixelforge.imaging.pixels import Pixels, decode_picture
from pixelforge.imaging.png import encode_png
from pixelforge.services.requests import GenerationRequest

KEYWORD = "pixelforge"
NEEDED = ("class_name", "seed", "guidance_scale", "sampler", "steps", "model", "model_sha256")  # since version 0.1
MAX_START = 64  # pixels a side of a start: no model makes larger sprites


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """All that it takes to make one sprite again."""

    request: GenerationRequest  # of this sprite alone
    model: str
    model_sha256: str
    app_version: str = __version__

    @property
    def class_name(self) -> str:
        """The class that was asked for, or what stands for it where that was left open."""
        return self.request.class_of(0)

    @property
    def seed(self) -> int:
        """The sprite's own."""
        return self.request.seed


def recipe_of(
    request: GenerationRequest,
    index: int,
    model: str,
    model_sha256: str,
    settled: Condition | None = None,
    seed: int | None = None,
) -> Recipe:
    """The recipe of sprite `index` of a request. settled, seed: its own, as `Finished` has them."""
    return Recipe(request=request.alone(index, settled, seed), model=model, model_sha256=model_sha256)


def flat(recipe: Recipe) -> dict[str, Any]:
    """A recipe as it stands in a PNG: the fields of its parts side by side, those of the condition that are asked for.

    `start` is the base64 of a PNG; `strength` is 1 where there is none; `blend` is there where noise is mixed in.
    """
    request = recipe.request
    condition = {name: value for name, value in vars(request.conditions[0]).items() if value}
    return {
        "class_name": None,
        **condition,
        "seed": request.seed,
        **vars(request.sampling),
        "palette": request.palette,
        **start_fields(request.start),
        **({"blend": request.blends[0].parts} if request.blends else {}),
        "model": recipe.model,
        "model_sha256": recipe.model_sha256,
        "app_version": recipe.app_version,
    }


def recipes_in(texts: Mapping[str, str]) -> tuple[Recipe, ...]:
    """The recipes in a PNG's texts, as `png_texts` puts them there; none where there are none that can be read."""
    try:
        found = parse_json(texts.get(KEYWORD, "[]"), dict[str, Any] | list[dict[str, Any]])
        return tuple(_from_flat(content) for content in (found if isinstance(found, list) else [found]))
    except (msgspec.DecodeError, RequestError):
        return ()


def png_texts(recipes: Sequence[Recipe], width: int, height: int) -> dict[str, str]:
    """The PNG texts of one sprite or of a sheet: `pixelforge` (JSON) and `parameters` (the A1111 convention).

    width, height: of the picture, in pixels.
    """
    content = [flat(recipe) for recipe in recipes]
    first, sampling = recipes[0], recipes[0].request.sampling
    classes = ", ".join(dict.fromkeys(recipe.class_name for recipe in recipes))
    parameters = (
        f"{classes}\nSteps: {sampling.steps}, Sampler: {sampling.sampler}, CFG scale: {sampling.guidance_scale:g}, "
        f"Seed: {first.seed}, Size: {width}x{height}, Model: {first.model}, Model hash: {first.model_sha256[:10]}"
    )
    return {
        KEYWORD: msgspec.json.encode(content if len(content) > 1 else content[0]).decode(),
        "parameters": parameters,
    }


def _from_flat(content: dict[str, Any]) -> Recipe:
    """Raises msgspec.DecodeError or RequestError. A field that there was not when it was written has its default."""
    if missing := [name for name in NEEDED if name not in content]:
        raise msgspec.DecodeError(f"{missing[0]} is missing")
    request = GenerationRequest(
        conditions=(_part(Condition, content),),
        sampling=_part(Sampling, content),
        seed=msgspec.convert(content["seed"], int),
        palette=msgspec.convert(content.get("palette"), PaletteRule | None),
        start=start_of(content),
        blends=_blends(content),
    )
    recipe: Recipe = _part(Recipe, {**content, "request": request})
    return recipe


def _blends(content: Mapping[str, Any]) -> tuple[Blend, ...]:
    parts = msgspec.convert(content.get("blend"), tuple[tuple[int, float], ...] | None)
    return () if parts is None else (Blend(parts),)


def _part(record: type, content: Mapping[str, Any]) -> Any:
    names = [fact.name for fact in fields(record) if fact.name in content]
    return msgspec.convert({name: content[name] for name in names}, record)


def start_fields(start: Start | None) -> dict[str, Any]:
    """A start as it stands in JSON: pictures as the base64 of PNGs; `strength` is 1 where there is none.

    `keep_silhouette` and `keep_colours` stand there only where they are true.
    """
    keep = Keep() if start is None else start.keep
    return {
        "start": None if start is None else _to_text(start.picture),
        **_mask(start),
        **({"others": [_to_text(other) for other in start.others]} if start is not None and start.others else {}),
        "strength": 1.0 if start is None else start.strength,
        **{f"keep_{name}": True for name, kept in vars(keep).items() if kept},
    }


def start_of(content: Mapping[str, Any]) -> Start | None:
    """The start that `start_fields` wrote; None where there was none. Raises msgspec.DecodeError or RequestError."""
    text = msgspec.convert(content.get("start"), str | None)
    if text is None:
        return None
    others = msgspec.convert(content.get("others", []), list[str])
    picture, mask = _from_text(text), msgspec.convert(content.get("mask"), str | None)
    return Start(
        picture=picture,
        others=tuple(map(_from_text, others)),
        mask=None if mask is None else _from_text(mask)[..., 3] > 0,
        strength=msgspec.convert(content.get("strength", 1.0), float),
        keep=Keep(
            **{fact.name: msgspec.convert(content.get(f"keep_{fact.name}", False), bool) for fact in fields(Keep)}
        ),
    )


def _mask(start: Start | None) -> dict[str, str]:
    """A mask as a picture that is opaque where it marks; nothing where there is none."""
    if start is None or start.mask is None:
        return {}
    return {"mask": _to_text(np.where(start.mask[..., None], np.uint8(255), np.uint8(0)).repeat(4, axis=2))}


def _to_text(pixels: Pixels) -> str:
    return base64.b64encode(encode_png(pixels)).decode()


def _from_text(text: str) -> Pixels:
    try:
        return decode_picture(base64.b64decode(text, validate=True), "The start", MAX_START)[0]
    except (ValueError, DatasetError) as error:
        raise RequestError("The recipe's starting picture cannot be read.") from error
