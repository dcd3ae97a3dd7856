"""Memory of a training step: predicted before it, and what running out of it looks like."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

# Share of the free memory that a prediction may fill: the rest of the machine goes on living.
USABLE_SHARE = 0.8
# Weights, gradients and Adam's two means; validation's and the previous step's leftovers come on top.
_COPIES = 4
# Of the activations: gradients that flow back, and the libraries' working memory. Measured at 1.8 to 1.95
# on the convolutional presets, with 32 and 128 clips.
_OVERHEAD = 2.0

# How allocators and the libraries under torch say it in a plain RuntimeError (torch.OutOfMemoryError is one too).
_PHRASES = (
    "out of memory",  # CUDA, MPS
    "can't allocate memory",  # DefaultCPUAllocator on Linux and macOS
    "not enough memory",  # DefaultCPUAllocator on Windows
    "alloc_failed",  # cuBLAS, cuDNN
    "bad_alloc",
    "could not create a memory object",  # oneDNN
    "could not create a primitive",  # oneDNN, when its scratch memory does not fit (seen under RLIMIT_AS)
    "could not execute a primitive",
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether `error` means that memory ran out, in any of the forms in which Python and torch say so."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and any(phrase in text for phrase in _PHRASES)


def release(device: torch.device) -> None:
    """Give back what is no longer referenced, the allocator's cache included."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
    elif sys.platform == "linux":
        # glibc keeps freed blocks of up to 32 MB for itself, in pieces that a next large one may not fit into.
        with contextlib.suppress(OSError, AttributeError):  # musl has no such call
            ctypes.CDLL(None).malloc_trim(0)


def step_bytes(network: nn.Module, length: int, batch: int) -> int:
    """Predicted peak of one training step's memory for `batch` clips of `length` samples.

    What the backward pass keeps is counted in the forward pass of two short clips, and continued in a straight
    line: for networks that work along time it grows with the samples.
    """
    weights = sum(each.numel() * each.element_size() for each in network.parameters())
    short, long = min(length, 8192), min(length, 16384)
    kept_short, kept_long = _kept_for_backward(network, short), _kept_for_backward(network, long)
    slope = (kept_long - kept_short) / (long - short) if long > short else kept_long / max(long, 1)
    kept = batch * max(kept_long, kept_short + slope * (length - short))
    return int(_COPIES * weights + _OVERHEAD * kept)


def available_bytes(device: torch.device) -> int | None:
    """Free memory for training on `device`; None where the system does not tell.

    A limit on the address space (RLIMIT_AS) is left out: it counts what torch reserves and never touches.
    """
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    if device.type == "mps":
        return max(0, torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory())
    return free_main_memory()


def device_memory_in_use(device: torch.device) -> int:
    """Bytes that this process uses now: resident memory on the CPU, torch's tensors on a GPU; 0 where unknown."""
    if device.type == "cuda":
        return torch.cuda.memory_allocated(device)
    if device.type == "mps":
        return torch.mps.current_allocated_memory()
    return resident_bytes()


def free_main_memory() -> int | None:
    """Bytes that processes can still take without swapping, a container's limit included."""
    if sys.platform == "win32":
        return _windows_free()
    found = [each for each in (_meminfo_available(), _cgroup_free()) if each is not None]
    if found:
        return min(found)
    with contextlib.suppress(ValueError, OSError):  # macOS tells the total only; half of it is a fair guess
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    return None


def resident_bytes() -> int:
    """Resident memory of this process; where the system only tells the peak, that; 0 where it tells nothing."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _kept_for_backward(network: nn.Module, length: int) -> int:
    kept: dict[int, int] = {}

    def count(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    parameter = next(network.parameters())
    clip = torch.zeros(1, 1, length, device=parameter.device)
    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        output = network(clip)
        loss = (output - clip).square().mean()
    del loss
    weights = {each.untyped_storage().data_ptr() for each in network.parameters()}
    return sum(size for address, size in kept.items() if address not in weights) + 2 * output.nbytes


def _meminfo_available() -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _cgroup_free() -> int | None:
    folder = Path("/sys/fs/cgroup")
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        with contextlib.suppress(OSError, ValueError):  # ValueError: the limit is the word "max"
            return max(0, int((folder / limit).read_text()) - int((folder / used).read_text()))
    return None


def _windows_free() -> int | None:
    class MemoryStatus(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
            (name, ctypes.c_ulonglong)
            for name in ("total", "free", "total_page", "free_page", "total_virtual", "free_virtual", "extended")
        ]

    status = MemoryStatus()
    status.length = ctypes.sizeof(status)
    if not ctypes.CDLL("kernel32").GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.free)
