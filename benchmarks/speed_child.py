"""The process that `benchmarks.speed` measures in: builds networks of one kind and times what it is asked for.

    python speed_child.py ours|peers

Reads requests as JSON lines, {"system": name, "operation": name}, and answers each with a line. The peers' part needs
nothing of Musicae, since it runs in an environment of their own. All weights that are not shipped are random.
"""

from __future__ import annotations

import functools
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

SECONDS = 2.0
TRAIN_BATCH, TRAIN_SECONDS = 2, 0.5
AT_LEAST_SECONDS = 0.3
WINDOW_SECONDS, WINDOWS, WINDOW_SONG_SECONDS = 0.05, 60, 20.0

Operations = dict[str, Callable[[], Any]]


def main(kind: str) -> int:
    # Answers have a channel of their own: libraries print.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    made: dict[str, Operations] = {}
    builders = {"ours": our_builders, "peers": peer_builders}[kind]()
    print(json.dumps({"systems": list(builders)}), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        name, operation = asked["system"], asked["operation"]
        try:
            if name not in made:
                made.clear()  # one network at a time: a large one leaves no cache to the others anyway
                made[name] = builders[name]()
            found = made[name].get(operation)
            answer = {"value": found() if found else None}
        except Exception as error:  # said in the table; the others go on
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)
    return 0


def our_builders() -> dict[str, Callable[[], Operations]]:
    """Musicae's own: the shipped weights where there are some, else fresh ones of the preset."""
    from core.models.presets import presets

    wanted = ("studio-1378", "klt-1378", "conv-55112", "conv-18376")
    found = {each.name: each for each in presets() if each.name in wanted}
    builders = {name: functools.partial(_ours, each) for name, each in found.items()}
    return builders | {"studio-1378 in one pass": functools.partial(_encoding_once, found["studio-1378"])}


def _ours(preset: Any, *, once: bool = False) -> Operations:
    import numpy as np
    import torch

    from core.audio import Clip
    from core.models.codec import load_codec, new_codec
    from core.models.draws import Draws

    codec = load_codec(preset.name) if preset.trained else new_codec(preset.config, name=preset.name)
    network = codec.network
    song = np.random.default_rng(0).standard_normal(round(WINDOW_SONG_SECONDS * codec.rate)).astype(np.float32)
    latent = codec.encode(Clip(0.1 * song[None], codec.rate))

    def windows() -> list[float]:
        random = np.random.default_rng(1)
        count = round(WINDOW_SECONDS * codec.rate)
        spent = []
        for start in random.integers(len(song) - count, size=WINDOWS):
            began = time.perf_counter()
            codec.decode_range(latent, int(start), count)
            spent.append(1000 * (time.perf_counter() - began))
        return spent[5:]

    with torch.inference_mode():
        x = 0.1 * torch.randn(1, 1, round(SECONDS * codec.rate))
        z = network.encode(x)
    operations = _operations(network.encode_once if once else network.encode, network.decode, x, z, codec.rate)
    if codec.kind != "klt":  # which is fitted in closed form
        draws = Draws(0, 0, range(TRAIN_BATCH), codec.device)
        operations["train"] = _training(network, lambda clips: network.learn(clips, draws, {}).estimate, codec.rate)
    return operations | {"window": windows, "parameters": lambda: codec.parameters, "rate": lambda: codec.rate}


def _encoding_once(preset: Any) -> Operations:
    """What `Codec.in_one_pass` is for; all else is as in `_ours`."""
    operations = _ours(preset, once=True)
    return {name: operations[name] for name in ("encode", "gmac", "parameters", "rate")}


def peer_builders() -> dict[str, Callable[[], Operations]]:
    """EnCodec, DAC and Vocos as their authors configure them for 24 kHz, without quantisers, which favours them."""
    return {"EnCodec 24 kHz": _encodec, "DAC 24 kHz": _dac, "Vocos 24 kHz": _vocos}


def _encodec() -> Operations:
    _torchaudio()
    from encodec import EncodecModel  # type: ignore[import-not-found]

    model = EncodecModel._get_model([1.5, 3.0, 6.0, 12.0, 24.0], 24_000, 1, causal=True, model_norm="weight_norm")
    return _peer(model, model.encoder, model.decoder, 24_000)


def _dac() -> Operations:
    _torchaudio()
    from dac.model import DAC  # type: ignore[import-not-found]

    model = DAC(encoder_rates=[2, 4, 5, 8], decoder_rates=[8, 5, 4, 2], n_codebooks=32, sample_rate=24_000)
    return _peer(model, model.encoder, model.decoder, 24_000)


def _vocos() -> Operations:
    _torchaudio()
    import torch
    from vocos.feature_extractors import MelSpectrogramFeatures  # type: ignore[import-not-found]
    from vocos.heads import ISTFTHead  # type: ignore[import-not-found]
    from vocos.models import VocosBackbone  # type: ignore[import-not-found]

    features = MelSpectrogramFeatures(sample_rate=24_000, n_fft=1024, hop_length=256, n_mels=100)
    backbone = VocosBackbone(input_channels=100, dim=512, intermediate_dim=1536, num_layers=8)
    head = ISTFTHead(dim=512, n_fft=1024, hop_length=256)
    model = torch.nn.ModuleList([features, backbone, head])
    # It decodes mel spectra; what encodes is no network.
    return _peer(model, lambda x: features(x[:, 0]), lambda z: head(backbone(z))[:, None], 24_000)


def _peer(model: Any, encode: Callable[..., Any], decode: Callable[..., Any], rate: int) -> Operations:
    import torch

    model.eval()
    with torch.inference_mode():
        x = 0.1 * torch.randn(1, 1, round(SECONDS * rate))
        z = encode(x)
    operations = _operations(encode, decode, x, z, rate)
    operations["train"] = _training(model, lambda x: decode(encode(x)), rate)
    parameters = sum(each.numel() for each in model.parameters())
    quantiser = getattr(model, "quantizer", None)
    if quantiser is not None:
        parameters -= sum(each.numel() for each in quantiser.parameters())
    return operations | {"parameters": lambda: parameters, "rate": lambda: rate}


def _operations(encode: Callable[..., Any], decode: Callable[..., Any], x: Any, z: Any, rate: int) -> Operations:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    seconds = x.shape[-1] / rate

    def gmac() -> dict[str, float]:
        """Billions of multiplications a second of sound, in products of matrices and convolutions."""
        found = {}
        for name, work in (("encode", lambda: encode(x)), ("decode", lambda: decode(z))):
            with torch.no_grad(), FlopCounterMode(display=False) as counter:
                work()
            found[name] = counter.get_total_flops() / 2 / seconds / 1e9
        return found

    def rated(work: Callable[[], Any]) -> float:
        with torch.inference_mode():
            return _rate(work, seconds)

    return {"encode": lambda: rated(lambda: encode(x)), "decode": lambda: rated(lambda: decode(z)), "gmac": gmac}


def _training(model: Any, forward: Callable[..., Any], rate: int) -> Callable[[], float]:
    import torch

    optimizer = torch.optim.Adam([each for each in model.parameters() if each.requires_grad], lr=1e-5)
    x = 0.1 * torch.randn(TRAIN_BATCH, 1, round(TRAIN_SECONDS * rate))

    def step() -> None:
        made = forward(x)
        length = min(made.shape[-1], x.shape[-1])
        loss = torch.nn.functional.mse_loss(made[..., :length], x[..., :length])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    def measured() -> float:
        model.train()
        value = _rate(step, TRAIN_BATCH * TRAIN_SECONDS)
        model.eval()
        return value

    return measured


def _rate(work: Callable[[], Any], seconds: float) -> float:
    """Seconds of sound a second; the first call, which prepares, is not counted."""
    work()
    began, calls = time.perf_counter(), 0
    while calls == 0 or time.perf_counter() - began < AT_LEAST_SECONDS:
        work()
        calls += 1
    return calls * seconds / (time.perf_counter() - began)


def _torchaudio() -> None:
    """torchaudio without its native part, which does not load beside a CPU build of torch."""
    try:
        importlib.import_module("torchaudio")
    except (OSError, RuntimeError):
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchaudio"]:
            del sys.modules[name]
        stub = ModuleType("torchaudio._extension")
        stub.__path__ = []
        stub.fail_if_no_align = lambda function: function  # type: ignore[attr-defined]
        stub._IS_TORCHAUDIO_EXT_AVAILABLE = False  # type: ignore[attr-defined]
        sys.modules[stub.__name__] = stub


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
