"""A study that is as small as one can be and still has every stage."""

from __future__ import annotations

from core.study import StudyConfig

TINY = StudyConfig(
    sizes=("conv-9184",),
    epochs=1,
    steps_per_epoch=2,
    batch=2,
    clip_seconds=0.25,
    validation_clips=2,
    test_clips=1,
    opinion_clips=0,
    clips_a_song=1,
    most_clusters=4,
    seeds=2,
    repeats=1,
    variational=0,
    vae="vae-9184",
    opus=(12.0,),
    mp3=(),
    shipped=False,
    classifiers=("tree",),
    device="cpu",
)
