"""Decoded-once samples for training and analysis, and the division of songs into train, validation and test."""

from core.data.audit import Audit, audit
from core.data.fingerprint import find_duplicates, fingerprint, stored_fingerprint
from core.data.groups import Groups, song_groups
from core.data.split_csv import WrittenSplit, split_from_csv
from core.data.splits import Split, split_songs
from core.data.store import SampleStore, SampleWriter, StoredSong

__all__ = [
    "Audit",
    "Groups",
    "SampleStore",
    "SampleWriter",
    "Split",
    "StoredSong",
    "WrittenSplit",
    "audit",
    "find_duplicates",
    "fingerprint",
    "song_groups",
    "split_from_csv",
    "split_songs",
    "stored_fingerprint",
]
