"""Demo songs composed and synthesised in code: ten styles, any number of songs, the same every time."""

from core.demo.song import STYLES, DemoSong, compose, write_demo

__all__ = ["STYLES", "DemoSong", "compose", "write_demo"]
