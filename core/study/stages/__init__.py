"""The stages of a study, a file each: `NAME`, `title()` and `run(study)`, which gives a JSON-ready result."""

from core.study.stages import (
    exploring,
    factors,
    frechet,
    generation,
    listening,
    neighbours,
    outside,
    quality,
    size,
    songs,
    training,
    variational,
)

STAGES = (
    songs,
    training,
    variational,
    quality,
    size,
    neighbours,
    exploring,
    factors,
    frechet,
    outside,
    generation,
    listening,
)
"""In the order in which they run; each may use the results of those before it."""
