"""Decoded-once samples for training and analysis, and the division of songs into train, validation and test."""

from core.data.splits import Split, split_songs
from core.data.store import SampleStore, SampleWriter, StoredSong

__all__ = ["SampleStore", "SampleWriter", "Split", "StoredSong", "split_songs"]
