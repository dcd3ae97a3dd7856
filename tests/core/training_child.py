"""A process that trains, for tests that kill it or starve it: python -m tests.core.training_child FOLDER [options]."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--config", type=json.loads, default={})
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--address-space-mb", type=int, default=0, help="limit this much above what is in use")
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()

    from core.errors import MusicaeError
    from core.training.run import RunFolder
    from core.training.trainer import train
    from tests.core.training_fixtures import SMALL, Recorder, stored_songs

    songs = stored_songs(options.folder / "store", seconds=options.seconds)
    recorder = Recorder()
    if options.address_space_mb:
        limit_address_space(options.address_space_mb)
    try:
        summary = train(
            SMALL.replace(**options.config), songs, RunFolder(options.folder / "run"), recorder, resume=options.resume
        )
    except MusicaeError as error:
        print(json.dumps({"error": error.sentence, "warnings": recorder.warnings}))
        return 1
    print(json.dumps({"state": summary.state, "warnings": recorder.warnings, "batch": recorder.plans[-1].batch}))
    return 0


def limit_address_space(megabytes: int) -> None:
    """Let this process map so much more than now; torch is warmed up before, to have its libraries and threads."""
    import resource

    import torch

    x = torch.randn(1, 1, 4096, requires_grad=True)
    convolution = torch.nn.Conv1d(1, 4, 8)
    convolution(x).square().mean().backward()
    torch.optim.AdamW(convolution.parameters(), fused=True).step()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    used = pages * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (used + (megabytes << 20), resource.RLIM_INFINITY))


if __name__ == "__main__":
    sys.exit(main())
