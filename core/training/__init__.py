"""Training: configuration, random crops, losses, the loop, the run folder and the queue of jobs.

The window, the command line and the tests drive the same `core.training.trainer.train` through a
`Callbacks` object (what the trainer says) and a `Commands` object (what it is told). This package's
`config`, `callbacks`, `commands`, `run` and `queue` do without torch, so that a window can import them
before torch is loaded. `warm_up` loads it ahead of the first training.
"""

from core.training.warmup import warm_up

__all__ = ["warm_up"]
