"""`last.safetensors`: everything that a run needs to go on as if it had never stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from core.errors import TrainingError
from core.files import write_bytes_atomically
from core.i18n import _
from core.training.adversary import Adversary

FORMAT, VERSION = "musicae-training", "1"


@dataclass
class Progress:
    """How far a run is; together with the seed, `step` is the whole random state (see `core.training.crops`)."""

    step: int = 0  # optimizer steps done
    epoch: int = 0  # epochs finished
    attempt: int = 0  # new starts after a collapse
    batch: int = 0  # clips in memory at once
    loss_sum: float = 0.0  # over the steps of the epoch under way
    epoch_seconds: float = 0.0  # of the epoch under way
    seconds: float = 0.0  # of the whole run, pauses left out
    best_epoch: int = 0
    best_val_loss: float | None = None
    first_val_loss: float | None = None
    last_val_loss: float | None = None


def save_state(
    path: Path,
    progress: Progress,
    network: nn.Module,
    *,
    ema: nn.Module | None = None,
    optimizer: torch.optim.Optimizer | None = None,
    adversary: Adversary | None = None,
    seed: int = 0,
) -> None:
    """Write the state under a temporary name, sync it, rename it."""
    tensors = {f"model.{name}": each for name, each in network.state_dict().items()}
    if ema is not None:
        tensors |= {f"ema.{name}": each for name, each in ema.state_dict().items()}
    if optimizer is not None:
        tensors |= _optimizer_tensors("optimizer.", network, optimizer)
    if adversary is not None:
        tensors |= {f"adversary.{name}": each for name, each in adversary.state_dict().items()}
        tensors |= _optimizer_tensors("adversary_optimizer.", adversary, adversary.optimizer)
    tensors["random"] = torch.tensor([seed, progress.step, progress.attempt], dtype=torch.int64)
    metadata = {"format": FORMAT, "version": VERSION, "progress": json.dumps(asdict(progress))}
    plain = {name: each.detach().cpu().contiguous() for name, each in tensors.items()}
    write_bytes_atomically(path, safetensors.torch.save(plain, metadata))


def load_state(
    path: Path,
    network: nn.Module,
    *,
    ema: nn.Module | None = None,
    optimizer: torch.optim.Optimizer | None = None,
    adversary: Adversary | None = None,
) -> Progress:
    """Fill network, EMA, optimizer and critics in place from `path`.

    Raises:
        TrainingError: missing, damaged, or of another network; nothing was changed then.
    """
    tensors, progress = _read(path)
    weights = _matching(path, tensors, "model.", network.state_dict())
    means = None if ema is None else _matching(path, tensors, "ema.", ema.state_dict())
    moments = None if optimizer is None else _moments(path, tensors, "optimizer.", network)
    if adversary is not None:
        critics = _matching(path, tensors, "adversary.", adversary.state_dict())
        moments_of_critics = _moments(path, tensors, "adversary_optimizer.", adversary)
        adversary.load_state_dict(critics)
        _fill(adversary.optimizer, moments_of_critics)
    network.load_state_dict(weights)
    if ema is not None and means is not None:
        ema.load_state_dict(means)
    if optimizer is not None and moments is not None:
        _fill(optimizer, moments)
    return progress


def _optimizer_tensors(prefix: str, module: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    names = [name for name, _parameter in module.named_parameters()]
    return {
        f"{prefix}{names[index]}.{key}": each
        for index, values in optimizer.state_dict()["state"].items()
        for key, each in values.items()
    }


def _fill(optimizer: torch.optim.Optimizer, moments: dict[int, dict[str, Any]]) -> None:
    optimizer.load_state_dict({"state": moments, "param_groups": optimizer.state_dict()["param_groups"]})


def _read(path: Path) -> tuple[dict[str, Tensor], Progress]:
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
        if metadata.get("format") != FORMAT or metadata.get("version") != VERSION:
            raise ValueError("another format or version")
        progress = Progress(**json.loads(metadata["progress"]))
        # From bytes, not mapped: a mapped file could not be replaced on Windows while its tensors live.
        return safetensors.torch.load(path.read_bytes()), progress
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path, str(error)) from error


def _matching(
    path: Path, tensors: Mapping[str, Tensor], prefix: str, wanted: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    found = {name.removeprefix(prefix): each for name, each in tensors.items() if name.startswith(prefix)}
    shapes = {name: each.shape for name, each in found.items()}
    if shapes != {name: each.shape for name, each in wanted.items()}:
        raise _damaged(path, f"{prefix}* are not this network's tensors")
    return found


def _moments(path: Path, tensors: Mapping[str, Tensor], prefix: str, module: nn.Module) -> dict[int, dict[str, Any]]:
    """An optimizer's state by parameter number; empty before the first step."""
    state: dict[int, dict[str, Any]] = {}
    for index, (name, parameter) in enumerate(module.named_parameters()):
        start = f"{prefix}{name}."
        values = {key.removeprefix(start): each for key, each in tensors.items() if key.startswith(start)}
        if any(each.shape not in (parameter.shape, torch.Size([])) for each in values.values()):
            raise _damaged(path, f"{start}* have other shapes")
        if values:
            state[index] = values
    return state


def _damaged(path: Path, details: str) -> TrainingError:
    return TrainingError(
        _(
            "The state {path} is missing, damaged or of another network, so the run cannot go on; start a new one."
        ).format(path=path),
        path=path,
        details=details,
    )
