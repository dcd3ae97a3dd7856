"""The first training of a process pays for what torch loads late; `warm_up` pays it earlier."""

from __future__ import annotations

from collections.abc import Callable


def warm_up(cancelled: Callable[[], bool] = lambda: False) -> None:
    """Import the trainer and let a tiny network take one step: seconds of importing, hardly any computing.

    The first optimizer of a process imports torch's compiler, the first backward pass starts torch's threads. Done
    before a training is wanted, neither keeps a window waiting then. `cancelled` is asked between the parts.
    """
    import torch

    from core.models.layers import ConvDesign, ConvLayer
    from core.models.network import build_network
    from core.training import trainer  # noqa: F401 - loaded for the training to come
    from core.training.config import TrainConfig
    from core.training.losses import named_losses
    from core.training.step import make_optimizer

    config = TrainConfig()
    network = build_network(ConvDesign((ConvLayer(8, 16, 8), ConvLayer(8, 8, 4))), 0)
    if cancelled():
        return
    optimizer = make_optimizer(network, config)
    if cancelled():
        return
    clip = torch.full((1, 1, 4096), 0.1)  # longer than the widest window of the losses
    named_losses(network(clip), clip, network.design.rate, config.loss_weights())["loss"].backward()
    optimizer.step()
