"""Where to compute and in which number format: chosen automatically or by the user."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

import torch

from core.errors import UsageError
from core.i18n import _


def available_devices() -> list[str]:
    """Names for `TrainConfig.device` that work here, the fastest first; "cpu" always."""
    names = ["cpu"]
    if torch.backends.mps.is_available():
        names.insert(0, "mps")
    if torch.cuda.is_available():
        names.insert(0, "cuda")
    return names


def choose_device(name: str = "auto") -> torch.device:
    """The device called `name`, or the fastest one for "auto".

    Raises:
        UsageError: that device is not here.
    """
    available = available_devices()
    if name == "auto":
        return torch.device(available[0])
    if name not in available:
        raise UsageError(
            _("There is no {device} device here; choose one of {choices}.").format(
                device=name.upper(), choices=", ".join(["auto", *available])
            )
        )
    return torch.device(name)


def device_words(name: str = "auto") -> list[str]:
    """Sentences for the user: where models run, why there, and how to have them run elsewhere."""
    try:
        device = choose_device(name)
    except UsageError as error:
        return [error.sentence, _("Choose another compute device in Settings.")]
    if device.type == "cuda":
        place = _("Models run on the graphics card {name}.").format(name=torch.cuda.get_device_name(device))
    elif device.type == "mps":
        place = _("Models run on the graphics of this Apple computer.")
    else:
        place = _("Models run on the processor, with {n} threads.").format(n=thread_count(0))
    if name != "auto":
        return [
            place,
            _("Settings ask for this device; Automatic would take the fastest: {name}.").format(
                name=available_devices()[0].upper()
            ),
        ]
    if device.type != "cpu":
        return [place, _("It is the fastest device that PyTorch finds here. Settings can choose the processor.")]
    return [
        place,
        _("PyTorch {version} finds no graphics card here.").format(version=torch.__version__),
        _how_to_get_one(),
    ]


def _how_to_get_one() -> str:
    if sys.platform == "darwin":
        return _("Apple's graphics are used on Macs with an Apple processor and macOS 14 or later.")
    if torch.version.cuda is None:
        return _(
            "It was built without CUDA: for an NVIDIA card install the card's driver and a PyTorch with CUDA "
            "(pytorch.org names the command), then start Musicae again."
        )
    return _(
        "It was built for NVIDIA cards (CUDA {version}): if there is one, install its driver, look whether "
        "nvidia-smi shows the card, then start Musicae again."
    ).format(version=torch.version.cuda)


def choose_precision(name: str, device: torch.device) -> tuple[str, str]:
    """("float32" or "bf16", warning or ""): what `name` means on `device`.

    "auto" takes bf16 only where the hardware multiplies it: on a processor that has to emulate it, training
    was measured at half the speed of float32 instead of nearly twice.
    """
    fast = _multiplies_bf16(device)
    if name == "auto":
        return ("bf16" if fast else "float32"), ""
    if name == "bf16" and device.type == "mps":
        return "float32", _("This device does not train in bf16; float32 is used.")
    if name == "bf16" and not fast:
        return "bf16", _("This processor only emulates bf16, which is slower than float32.")
    return name, ""


def autocast(device: torch.device, precision: str) -> torch.autocast:
    """The context in which the network runs; losses and spectra stay outside of it, in float32."""
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16")


def thread_count(wanted: int) -> int:
    """Threads for training: `wanted`, or for 0 every core that this process may use."""
    if wanted:
        return wanted
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def torch_threads(wanted: int) -> Iterator[int]:
    """Use so many processor threads for torch in this thread; other threads keep their own number."""
    before = torch.get_num_threads()
    count = thread_count(wanted)
    torch.set_num_threads(count)
    try:
        yield count
    finally:
        torch.set_num_threads(before)


def _multiplies_bf16(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "mps":
        return False
    # The only place where torch tells; both names are private, hence the guard.
    tests = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return any(test() for test in tests if test is not None)
