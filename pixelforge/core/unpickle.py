"""Opening pickled tensors that somebody else may have made."""

from __future__ import annotations

import io
import pickle
import warnings
import zipfile

import torch


def load_without_code(content: bytes) -> object:
    """The plain containers and tensors in what `torch.save` wrote; nothing in it is run.

    Raises pickle.UnpicklingError for a file that would run code, ValueError for one that is damaged or of another kind.
    """
    try:
        _refuse_bomb(content)
        with warnings.catch_warnings(action="ignore"):  # torch's remarks on files that are not its own
            content_object: object = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise
    except Exception as error:  # the unpickler lets through whatever a broken stream makes it stumble on
        raise ValueError("damaged, or no file of tensors") from error
    return content_object


def _refuse_bomb(content: bytes) -> None:
    # torch.save does not compress, but torch.load would unpack a file that somebody else compressed.
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > len(content):
                raise ValueError("it would unpack to more than its own size")
