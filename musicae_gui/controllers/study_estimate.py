"""How long a study will take, stage by stage: training from the networks' arithmetic, the rest from what each clip
cost on a small server with two cores. No torch."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from core.audio import find_audio, read_info
from core.errors import MusicaeError
from core.models.design import Design, design_from_dict
from core.models.presets import preset
from core.models.vae_design import ResnetVaeDesign
from core.study.config import StudyConfig, size_design
from core.training.config import TrainConfig
from core.training.suited import suited_settings
from musicae_gui.controllers.train_estimate import BACKWARD, FIRST_GUESS, cost

TAUGHT = 0.7
CONFIGURATIONS = 9
"""Of the second report's network in a full study."""
DEMO_SECONDS = 30.0
MEASURED = 40
"""Files of a folder whose length is read; the others are taken to be like them."""

# Seconds on two cores: to read a minute of sound, to compose a demo song, to judge a clip, to score a latent's value.
READ_MINUTE = 0.35
COMPOSE_SONG = 1.2
JUDGE_CLIP = 0.7
OPINION_CLIP = 2.5
SCORE_VALUE = 4e-6
MADE_SOUND = 0.6
REPORT = 25.0


@dataclass(frozen=True)
class Music:
    """What is to be studied: number of songs, and how long all of them last."""

    songs: int
    seconds: float


def music_below(folder: Path) -> Music:
    """The songs in a folder, the length of most of them guessed."""
    files = list(find_audio([folder]))
    step = max(1, len(files) // MEASURED)
    lengths = []
    for path in files[::step]:
        try:
            lengths.append(read_info(path).seconds or 0.0)
        except MusicaeError:
            continue
    mean = sum(lengths) / len(lengths) if lengths else 0.0
    return Music(len(files), mean * len(files))


def demo_music(config: StudyConfig) -> Music:
    songs = 10 * config.demo_songs
    return Music(songs, DEMO_SECONDS * songs)


def estimate(config: StudyConfig, music: Music, pace: float = 1.0) -> dict[str, float]:
    """Seconds of each stage.

    Args:
        pace: how much longer than this everything took on this computer before.
    """
    designs: list[Design] = [size_design(name) for name in config.sizes]
    trained = sum(_training(config, "", design, music) for design in designs)
    if config.vae:
        trained += _training(config, config.vae, design_from_dict(preset(config.vae).config), music)
    neighbours = 2 * _training(config, "", designs[len(designs) // 2], music)
    # Each size has a linear transform beside it; the shipped models come in three sizes each.
    systems = 2 * len(designs) + 3 + bool(config.vae) + 3 * config.shipped + len(config.opus) + len(config.mp3)
    judged = config.test_clips * JUDGE_CLIP + config.opinion_clips * OPINION_CLIP
    clips = music.songs * config.clips_a_song
    floats = 2 * sum(design.channels * design.frames(110_250) for design in designs) + 2 * 110_250
    composed = 0.0 if config.folder or config.library else COMPOSE_SONG * music.songs
    seconds = {
        "songs": composed + READ_MINUTE * music.seconds / 60 + 0.1 * music.songs,
        "training": cost(TrainConfig(), None, music.seconds).seconds + trained,
        "variational": _variational(config, music),
        "quality": systems * judged,
        "size": 0.1,
        "neighbours": neighbours + 4 * judged,
        "exploring": 10.0 + clips * floats * SCORE_VALUE * len(config.classifiers),
        "factors": 5.0 + clips * systems * 0.02,
        "frechet": 4.0 * (CONFIGURATIONS if not config.quick else 1) if config.variational else 0.1,
        "outside": len(config.outside) * systems * (3 * JUDGE_CLIP + OPINION_CLIP),
        "generation": 6 * MADE_SOUND * (len(designs) + 3),
        "listening": 0.5,
        "report": REPORT,
    }
    return {name: pace * value for name, value in seconds.items()}


def time_left(stages: dict[str, float], done: set[str], now: str, fraction: float) -> float:
    """Seconds of what is still to be done, `fraction` of the stage `now` being behind."""
    left = sum(seconds for name, seconds in stages.items() if name not in done and name != now)
    return left + stages.get(now, 0.0) * (1 - min(max(fraction, 0.0), 1.0))


def _training(config: StudyConfig, name: str, design: Design, music: Music) -> float:
    settings = suited_settings(name) if name else {}
    asked = TrainConfig(
        **{
            "epochs": config.epochs,
            "minutes": config.minutes,
            "steps_per_epoch": config.steps_per_epoch,
            "batch": config.batch,
            "clip_seconds": config.clip_seconds,
            **settings,
        }
    )
    return cost(asked, design, music.seconds).seconds


def _variational(config: StudyConfig, music: Music) -> float:
    if not config.variational:
        return 0.1
    design = ResnetVaeDesign(20)
    each = BACKWARD * design.parameters * TAUGHT * music.songs * config.variational
    count = 1 if config.quick else CONFIGURATIONS
    reading = READ_MINUTE * music.seconds / 60
    return reading + count * (8.0 + each / (FIRST_GUESS * (os.cpu_count() or 1)))
