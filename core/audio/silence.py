"""From where on sound counts as none."""

SILENCE_PEAK = 1e-4
"""Sound that never exceeds this level (-80 dBFS) teaches a model nothing and is called silent."""
