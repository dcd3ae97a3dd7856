"""The weights that gradient training begins with."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch

from core.errors import CheckpointError, TrainingError
from core.i18n import _
from core.models.checkpoint import load_model
from core.models.design import Design, KltDesign
from core.models.klt_fit import KltFit
from core.models.network import Network, build_network
from core.models.presets import presets
from core.models.studio import StudioNetwork
from core.models.studio_design import StudioDesign
from core.training.config import TrainConfig
from core.training.crops import Region, chunks
from core.training.preparation import Material

# Enough to know the music's strongest directions; fitted in a few seconds.
PIECE_SECONDS, MOST_SECONDS = 5, 600


def starting_weights(config: TrainConfig, design: Design, material: Material) -> tuple[Callable[[], Network], bool]:
    """A maker of equal networks to begin with, and whether they were trained before.

    A design whose weights are shipped starts with these, unless `config.from_scratch`; `studio` from scratch starts
    with a linear path fitted to the songs; all others with their own fresh weights.

    Raises:
        TrainingError: the songs hold nothing to fit.
    """
    if not isinstance(design, StudioDesign):
        return lambda: build_network(design, config.seed), False
    network = None if config.from_scratch else _shipped(design)
    trained = network is not None
    if network is None:
        network = fitted_studio(design, material.train, config.seed)
    return lambda: copy.deepcopy(network).requires_grad_(True), trained


def fitted_studio(design: StudioDesign, regions: Sequence[Region], seed: int) -> StudioNetwork:
    """A fresh network whose linear path is the KLT of the music in `regions`.

    Raises:
        TrainingError: they hold nothing but silence.
    """
    network = build_network(design, seed)
    assert isinstance(network, StudioNetwork)
    pieces = list(_pieces(regions, design))
    fit = KltFit(KltDesign(design.channels, design.hop, rate=design.rate))
    for samples in pieces:
        fit.add(samples)
    klt = fit.network()
    values, spectra = [], []
    with torch.no_grad():
        for samples in pieces:
            x = torch.from_numpy(samples)[None, None]
            values.append(klt.encode(x)[0].square().mean(1))
            spectra.append(network.spectra(x, network.frames(len(samples)))[0].abs().square().mean(0))
    deviation, spectrum = torch.stack(values).mean(0).sqrt(), torch.stack(spectra).mean(0).sqrt()
    if not float(deviation[0]) > 0:
        raise TrainingError(_("There is no sound to fit the transform on: all songs are silent or too short."))
    # A direction that this music does not use would be raised without end.
    network.set_linear(klt, deviation.clamp_min(1e-3 * float(deviation[0])), spectrum)
    return network


def _pieces(regions: Sequence[Region], design: StudioDesign) -> Iterator[np.ndarray]:
    length = PIECE_SECONDS * design.rate
    for region, offset, frames in chunks(regions, length, limit=MOST_SECONDS * design.rate):
        yield region.read(offset, max(frames, design.hop))


def _shipped(design: Design) -> Network | None:
    values = design.to_dict()
    path = next((each.path for each in presets() if each.path and each.config == values), None)
    if path is None:
        return None
    try:
        return load_model(path).network
    except CheckpointError:  # a damaged installation can still train
        return None
