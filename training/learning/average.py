"""The mean of several snapshots of one run: as an EMA of a longer memory (Izmailov et al. 2018)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from pixelforge.core.checkpoint import load_checkpoint, save_checkpoint
from pixelforge.core.header import ModelHeader
from pixelforge.errors import RequestError


def average_models(paths: Sequence[Path], out: Path) -> None:
    """Write the mean of models of one shape, with the description of the last. Raises CheckpointError or RequestError.

    Weights are added in float64 and kept in half precision, as snapshots are.
    """
    if not paths:
        raise RequestError("Name the models to average.")
    total: dict[str, torch.Tensor] = {}
    last = load_checkpoint(paths[-1])
    header = replace(last.header, student=None, critic=None)  # of one of them alone
    for path in paths:
        checkpoint = load_checkpoint(path)
        if not _alike(checkpoint.header, header):
            raise RequestError(f"{path} has another shape or other classes than {paths[-1]}: they have no mean.")
        for name, weight in checkpoint.network.state_dict().items():
            total[name] = total.get(name, 0) + weight.double()
    save_checkpoint(out, header, {name: (weight / len(paths)).half() for name, weight in total.items()}, last.bank)


def _alike(one: ModelHeader, other: ModelHeader) -> bool:
    return (one.model, one.class_names, one.words) == (other.model, other.class_names, other.words)
