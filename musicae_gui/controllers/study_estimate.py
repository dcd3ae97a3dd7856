"""How long a study will take, stage by stage: training from the networks' arithmetic, the rest from what each clip
cost on a small server with two cores. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.audio import find_audio, read_info
from core.errors import MusicaeError
from core.latents.folds import FOLDS
from core.models.design import Design, design_from_dict
from core.models.presets import preset
from core.study.config import StudyConfig, size_design
from core.training.config import TrainConfig
from core.training.suited import suited_settings
from musicae_gui.controllers.train_estimate import cost

TAUGHT = 0.7
CONFIGURATIONS, OF_FEW_CLIPS = 7, (20, 80)
"""Of the second report's network in a full study, and those that learn from so many songs, where there are as many."""
DEMO_SECONDS = 30.0
MEASURED = 40
"""Files of a folder whose length is read; the others are taken to be like them."""

# Seconds on two cores: to read a minute of sound, to compose a demo song, to judge a clip, to encode one, to look at
# the chosen size closer, and for a latent's value in a fold of the tree and of another classifier.
READ_MINUTE = 0.35
COMPOSE_SONG = 1.2
JUDGE_CLIP = 0.7
OPINION_CLIP = 2.5
ENCODE_CLIP = 0.04
CLOSER = 20.0
TREE_VALUE, SCORE_VALUE = 3e-7, 4e-8
BATCH = 8
# Of the second report's network: its 12 million weights are stored after every epoch, which costs more than teaching.
VARIATIONAL_MODEL, VARIATIONAL_EPOCH, VARIATIONAL_STEP = 15.0, 2.0, 0.15
MADE_SOUND = 0.6
REPORT = 40.0


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
    networks = _configurations(config, music)
    models = 2 * len(designs) + 3 + bool(config.vae) + 3 * config.shipped + networks
    systems = models + len(config.opus) + len(config.mp3)
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
        "exploring": CLOSER + clips * (models * ENCODE_CLIP + floats * FOLDS * config.repeats * _per_value(config)),
        # Facts lie beside demo songs alone.
        "factors": 5.0 + clips * models * 0.02 if composed else 0.1,
        "frechet": 4.0 * networks,
        "outside": len(config.outside) * models * (3 * JUDGE_CLIP + OPINION_CLIP),
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


def _per_value(config: StudyConfig) -> float:
    return sum(TREE_VALUE if name == "tree" else SCORE_VALUE for name in config.classifiers)


def _configurations(config: StudyConfig, music: Music) -> int:
    """How many networks of the second report are trained."""
    if not config.variational:
        return 0
    if config.quick:
        return 1
    return CONFIGURATIONS + sum(clips <= TAUGHT * music.songs for clips in OF_FEW_CLIPS)


def _variational(config: StudyConfig, music: Music) -> float:
    count = _configurations(config, music)
    if not count:
        return 0.1
    steps = -(-TAUGHT * music.songs // BATCH)
    each = VARIATIONAL_MODEL + config.variational * (VARIATIONAL_EPOCH + VARIATIONAL_STEP * steps)
    return READ_MINUTE * music.seconds / 60 + count * each
