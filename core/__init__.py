"""Musicae's core: audio, models, training, latents and playback, without Qt and without global state."""

__version__ = "0.1.0"
