"""The model file `.musicae`: safetensors whose metadata hold the configuration and the card.

Nothing in a file is trusted. The configuration gives the name, shape and size of every weight by arithmetic; the
header must agree with it and with the file's size before any memory is taken. `read_model_header` needs no torch
and serves lists of models.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from core.errors import CheckpointError, UsageError
from core.files import write_bytes_atomically
from core.i18n import _
from core.models.card import ModelCard
from core.models.design import Design, design_from_dict
from core.tensorfile import FLOATS, Damaged, Header, json_object, open_regular, read_float32
from core.tensorfile import read_header as read_safetensors

if TYPE_CHECKING:
    from torch import Tensor

    from core.models.network import Network

FORMAT = "musicae"
VERSION = "1"


@dataclass(frozen=True)
class ModelHeader:
    """What a model file says before its weights are read."""

    design: Design
    card: ModelCard


@dataclass(frozen=True)
class LoadedModel:
    """A network with the weights of a file; `hash` names its content (`model_hash`)."""

    network: Network
    card: ModelCard
    hash: str


def save_model(path: Path | str, network: Network, card: ModelCard, *, half: bool = False) -> None:
    """Write a model file; an interrupted write leaves what was there before.

    Args:
        half: store the weights as float16, in half the bytes; they are read as float32 again.

    Raises:
        CheckpointError: the file cannot be written.
    """
    import torch
    from safetensors.torch import save

    path = Path(path)
    metadata = {
        "format": FORMAT,
        "version": VERSION,
        "config": json.dumps(network.design.to_dict()),
        "card": json.dumps(card.to_dict()),
    }
    kind = torch.float16 if half else torch.float32
    tensors = {name: each.detach().cpu().to(kind).contiguous() for name, each in network.state_dict().items()}
    try:
        write_bytes_atomically(path, save(tensors, metadata))
    except OSError as error:
        raise CheckpointError(
            _("The model cannot be written to {path}: {reason}.").format(
                path=path, reason=error.strerror or str(error)
            ),
            path=path,
            details=str(error),
        ) from error


def read_model_header(path: Path | str) -> ModelHeader:
    """Design and card of a model file, its sizes checked, its weights unread.

    Raises:
        CheckpointError: the file is missing, damaged, hostile or from another version.
    """
    with _Guarded(Path(path)) as file:
        __, design, card = _checked(file)
        return ModelHeader(design, card)


def read_header(path: Path | str) -> dict[str, Any]:
    """`read_model_header` as plain data: "format", "version", "config" and "card"."""
    header = read_model_header(path)
    return {
        "format": FORMAT,
        "version": VERSION,
        "config": header.design.to_dict(),
        "card": header.card.to_dict(),
    }


def load_model(path: Path | str) -> LoadedModel:
    """The model in `path`, on the CPU, ready to run.

    Raises:
        CheckpointError: the file is missing, damaged, hostile or from another version.
    """
    import torch

    from core.models.network import build_network

    path = Path(path)
    with _Guarded(path) as file:
        header, design, card = _checked(file)
        tensors: dict[str, Tensor] = {}
        for name in header.tensors:
            tensors[name] = torch.from_numpy(read_float32(file, header, name))
            if not torch.isfinite(tensors[name]).all():
                raise Damaged(f"{name} holds values that are not numbers")
        network = build_network(design)
        network.load_weights(tensors)
    return LoadedModel(network.eval(), card, model_hash(network))


def model_hash(network: Network) -> str:
    """SHA-256 over configuration and weights, in hexadecimal: the same for the same sound, whatever the card."""
    digest = hashlib.sha256(json.dumps(network.design.to_dict(), sort_keys=True).encode())
    for name, tensor in sorted(network.state_dict().items()):
        digest.update(f"\0{name}\0{tuple(tensor.shape)}\0".encode())
        digest.update(tensor.detach().cpu().float().contiguous().numpy().data)
    return digest.hexdigest()


def _checked(file: BinaryIO) -> tuple[Header, Design, ModelCard]:
    header = read_safetensors(file)
    metadata = header.metadata
    if metadata.get("format") != FORMAT:
        raise Damaged("safetensors, but not a model of Musicae")
    if metadata.get("version") != VERSION:
        raise _AnotherVersion
    design = design_from_dict(json_object(metadata.get("config", "")))
    wanted = design.tensors()
    if set(wanted) != set(header.tensors):
        odd = sorted(set(wanted) ^ set(header.tensors))
        raise Damaged(f"tensors missing or too many: {odd[:4]}")
    for name, shape in wanted.items():
        entry = header.tensors[name]
        if entry.dtype not in FLOATS or entry.shape != shape:
            raise Damaged(f"{name} is {entry.dtype} {entry.shape}; F32 or F16 {shape} is wanted")
    return header, design, ModelCard.from_dict(json_object(metadata.get("card", "{}")))


class _AnotherVersion(Exception):  # noqa: N818 - worded for the user by _Guarded
    pass


class _Guarded:
    """An open file whose troubles become CheckpointErrors that name it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def __enter__(self) -> BinaryIO:
        try:
            self._file = open_regular(self._path)
        except (OSError, Damaged, ValueError) as error:
            raise self._worded(error) from error
        return self._file

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        assert self._file is not None
        self._file.close()
        if isinstance(error, OSError | Damaged | UsageError | _AnotherVersion):
            raise self._worded(error) from error

    def _worded(self, error: Exception) -> CheckpointError:
        if isinstance(error, _AnotherVersion):
            words = _("The model {path} was made by another version of Musicae; update the program to open it.")
        elif isinstance(error, UsageError):
            words = _("The model {path} cannot be used: {reason}")
        elif isinstance(error, FileNotFoundError):
            words = _("There is no model file {path}.")
        elif isinstance(error, OSError):
            words = _("The model file {path} cannot be read: {reason}.")
        else:
            words = _("{path} is not a model of Musicae, or it is damaged; get or train it again.")
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return CheckpointError(words.format(path=self._path, reason=reason), path=self._path, details=str(error))
