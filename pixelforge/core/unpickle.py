"""Opening pickled tensors that somebody else may have made."""

from __future__ import annotations

import io
import pickle
import warnings

import torch


def load_without_code(content: bytes) -> object:
    """The plain containers and tensors in what `torch.save` wrote; nothing in it is run.

    Raises pickle.UnpicklingError for a file that would run code, ValueError for one that is damaged or of another kind.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # torch's remarks on files that are not its own
            content_object: object = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise
    except Exception as error:  # the unpickler lets through whatever a broken stream makes it stumble on
        raise ValueError("damaged, or no file of tensors") from error
    return content_object
