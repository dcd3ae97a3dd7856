"""Playing: devices, the timeline of finished samples, and what can be played (a clip, A/B, sound decoded live)."""

from core.playback.device import Device
from core.playback.evidence import Change, Evidence, Span, Starvation, StreamRecord
from core.playback.limiter import limited
from core.playback.loudness import loudness, matched_gains
from core.playback.passes import Loop
from core.playback.player import Player
from core.playback.recording import Recording
from core.playback.sources import ClipSource, LiveSource, Source, SwitchSource

__all__ = [
    "Change",
    "ClipSource",
    "Device",
    "Evidence",
    "LiveSource",
    "Loop",
    "Player",
    "Recording",
    "Source",
    "Span",
    "Starvation",
    "StreamRecord",
    "SwitchSource",
    "limited",
    "loudness",
    "matched_gains",
]
