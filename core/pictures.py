"""Pictures of sound as plain arrays: waveform columns, spectrograms in dB, latents, histograms, colours.

Everything works on the part of a clip that is in view and gives one column a pixel, so that the cost
follows the width of the picture and not the length of the song. Positions are frames and may be
fractional or lie outside the data; what lies outside is NaN (waveform, latent) or silent (spectrogram).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

FrequencyScale = Literal["mel", "log", "linear"]

LOWEST_DB = -140.0  # what silence reads; 24-bit quantisation noise lies near -144 dB
_MOST_SPECTRA = 12  # spectra averaged into one column: beyond, a picture of an hour costs seconds and looks the same
_BATCH = 256  # spectra computed at a time, which bounds the working memory to a few MB


def waveform_columns(samples: np.ndarray, start: float, stop: float, columns: int) -> np.ndarray:
    """Smallest and largest sample under each column.

    Args:
        samples: (frames,) float32.
        start, stop: the frames at the picture's edges.
        columns: width of the picture.

    Returns:
        (columns, 2) float32 minimum and maximum; NaN where there is no sound. Neighbouring columns share a
        sample, so that a line drawn through them has no gap at any zoom.
    """
    result = np.full((columns, 2), np.nan, np.float32)
    edges = np.linspace(start, stop, columns + 1)
    first = np.clip(np.floor(edges[:-1]).astype(np.int64), 0, len(samples))
    last = np.clip(np.floor(edges[1:]).astype(np.int64) + 1, 0, len(samples))
    inside = (last > first) & (edges[1:] > 0) & (edges[:-1] < len(samples))
    if not inside.any():
        return result
    if (stop - start) < 2 * columns:  # fewer samples than pixels: points on the straight lines between them
        at = np.clip(edges, 0, max(len(samples) - 1, 0))
        values = np.interp(
            at, np.arange(first[inside][0], last[inside][-1]), samples[first[inside][0] : last[inside][-1]]
        )
        low, high = np.minimum(values[:-1], values[1:]), np.maximum(values[:-1], values[1:])
    else:
        bounds = np.stack((first, last), axis=1).ravel()
        padded = samples if last.max() < len(samples) else np.append(samples, samples[-1])
        low = np.minimum.reduceat(padded, bounds)[::2]
        high = np.maximum.reduceat(padded, bounds)[::2]
    result[inside, 0], result[inside, 1] = low[inside], high[inside]
    return result


def rms_columns(samples: np.ndarray, start: float, stop: float, columns: int) -> np.ndarray:
    """Root mean square of the samples under each column: (columns,) float32, 0 where there is no sound."""
    edges = np.linspace(start, stop, columns + 1)
    first = np.clip(np.floor(edges[:-1]).astype(np.int64), 0, len(samples))
    last = np.clip(
        np.maximum(np.floor(edges[1:]).astype(np.int64), np.floor(edges[:-1]).astype(np.int64) + 1), 0, len(samples)
    )
    stretch = samples[first[0] : last[-1]].astype(np.float64)
    total = np.concatenate(([0.0], np.cumsum(stretch * stretch)))
    count = np.maximum(last - first, 1)
    return np.sqrt((total[last - first[0]] - total[first - first[0]]) / count).astype(np.float32)


def spectrogram_columns(
    samples: np.ndarray, start: float, stop: float, columns: int, *, n_fft: int = 2048
) -> np.ndarray:
    """Power spectra under each column, 1.0 for a sine of full scale at a bin's frequency.

    Spectra are centred on their columns (periodic Hann window); where a column is wider than half a
    window, several spectra are averaged in it, so that no sound is skipped up to six windows a column.

    Returns:
        (n_fft // 2 + 1, columns) float32.
    """
    width = (stop - start) / columns
    many = int(np.clip(np.ceil(width / (n_fft / 2)), 1, _MOST_SPECTRA))
    centres = start + (np.arange(columns * many) + 0.5) * (width / many)
    begins = np.round(centres).astype(np.int64) - n_fft // 2
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft)).astype(np.float32)
    scale = np.float32((2.0 / window.sum()) ** 2)
    # One stretch with silence around it serves every column; what is far outside the view is not copied.
    low, high = int(begins[0]), int(begins[-1]) + n_fft
    stretch = np.zeros(high - low, np.float32)
    inner_low, inner_high = max(low, 0), min(high, len(samples))
    if inner_high > inner_low:
        stretch[inner_low - low : inner_high - low] = samples[inner_low:inner_high]
    frames = np.lib.stride_tricks.sliding_window_view(stretch, n_fft)
    power = np.empty((len(begins), n_fft // 2 + 1), np.float32)
    for at in range(0, len(begins), _BATCH):
        spectra = np.fft.rfft(frames[begins[at : at + _BATCH] - low] * window, axis=-1)
        power[at : at + _BATCH] = (spectra.real**2 + spectra.imag**2) * scale
    if many > 1:
        power = power.reshape(columns, many, -1).mean(axis=1)
    return np.ascontiguousarray(power.T)


def frequency_edges(height: int, low: float, high: float, scale: FrequencyScale) -> np.ndarray:
    """The frequencies between the rows of a picture, (height + 1,) Hz, the highest first."""
    position = np.linspace(1.0, 0.0, height + 1)
    return position_to_frequency(position, low, high, scale)


def position_to_frequency(position: np.ndarray | float, low: float, high: float, scale: FrequencyScale) -> np.ndarray:
    """Hz at `position` (0 at the bottom edge, 1 at the top) of an axis from `low` to `high` Hz."""
    if scale == "linear":
        return low + np.asarray(position) * (high - low)
    if scale == "log":
        floor = max(low, 20.0)
        return floor * (high / floor) ** np.asarray(position)
    bottom, top = _mel(low), _mel(high)
    return 700.0 * (10.0 ** ((bottom + np.asarray(position) * (top - bottom)) / 2595.0) - 1.0)


def frequency_to_position(frequency: float, low: float, high: float, scale: FrequencyScale) -> float:
    """The inverse of `position_to_frequency` for one frequency."""
    if scale == "linear":
        return (frequency - low) / (high - low)
    if scale == "log":
        floor = max(low, 20.0)
        return float(np.log(max(frequency, 1e-3) / floor) / np.log(high / floor))
    return (_mel(frequency) - _mel(low)) / (_mel(high) - _mel(low))


def power_rows(power: np.ndarray, rate: int, edges: np.ndarray) -> np.ndarray:
    """Mean power between neighbouring `edges` (Hz, falling): (bins, columns) to (rows, columns) float32.

    Each bin counts as a band as wide as the bins' distance, so a row thinner than a bin shows that bin
    and a row over many bins shows their mean; no bin is skipped on any scale.
    """
    bins = power.shape[0]
    total = np.zeros((bins + 1, power.shape[1]), np.float64)
    np.cumsum(power, axis=0, dtype=np.float64, out=total[1:])
    at = np.clip(edges / (rate / 2) * (bins - 1) + 0.5, 0, bins)
    whole = np.minimum(at.astype(np.int64), bins - 1)
    share = (at - whole)[:, None]
    summed = total[whole] * (1 - share) + total[whole + 1] * share
    wide = np.maximum(at[:-1] - at[1:], 1e-9)[:, None]
    return (np.maximum(summed[:-1] - summed[1:], 0.0) / wide).astype(np.float32)


def decibels(power: np.ndarray) -> np.ndarray:
    """10 log10 of power, `LOWEST_DB` at least."""
    return 10.0 * np.log10(np.maximum(power, 10.0 ** (LOWEST_DB / 10.0))).astype(np.float32)


def difference_db(original: np.ndarray, other: np.ndarray, floor: float) -> np.ndarray:
    """How much louder (+) or softer (-) `other` is, in dB; what lies under `floor` dB in both counts as equal."""
    return np.maximum(other, floor) - np.maximum(original, floor)


def loudest_db(samples: np.ndarray) -> float:
    """The level of the loudest spot of a spectrogram of the whole clip, in dB; `LOWEST_DB` for silence."""
    if not len(samples):
        return LOWEST_DB
    return float(decibels(spectrogram_columns(samples, 0, len(samples), 200).max()))


def latent_columns(values: np.ndarray, start: float, stop: float, columns: int) -> np.ndarray:
    """The latent under each column: (channels, frames) to (channels, columns), NaN outside.

    Where several frames fall into a column it shows the one of largest magnitude, so that short events
    stay visible when zoomed out.
    """
    channels, frames = values.shape
    result = np.full((channels, columns), np.nan, np.float32)
    edges = np.linspace(start, stop, columns + 1)
    middle = (edges[:-1] + edges[1:]) / 2
    inside = (middle >= 0) & (middle < frames)
    if not inside.any():
        return result
    if (stop - start) <= columns:
        result[:, inside] = values[:, np.floor(middle[inside]).astype(np.int64)]
        return result
    first = np.clip(np.floor(edges[:-1][inside]).astype(np.int64), 0, frames - 1)
    high = np.maximum.reduceat(values, first, axis=1)
    low = np.minimum.reduceat(values, first, axis=1)
    end = int(np.clip(np.ceil(edges[1:][inside][-1]), first[-1] + 1, frames))  # the last group runs to the data's end
    high[:, -1] = values[:, first[-1] : end].max(axis=1)
    low[:, -1] = values[:, first[-1] : end].min(axis=1)
    result[:, inside] = np.where(high >= -low, high, low)
    return result


def latent_scale(values: np.ndarray) -> float:
    """The magnitude drawn in full colour: 99.9 % of the values lie within it; 1.0 for an empty or zero latent."""
    finite = np.abs(values[np.isfinite(values)])
    if finite.size == 0:
        return 1.0
    return float(np.quantile(finite, 0.999)) or float(finite.max()) or 1.0


def signed_root(values: np.ndarray, scale: float) -> np.ndarray:
    """Values squeezed to -1..1 by a square root that keeps the sign.

    The variance of a transform's channels falls by orders of magnitude from first to last; drawn
    linearly, all but the first few channels would look empty.
    """
    return np.sign(values) * np.sqrt(np.minimum(np.abs(values) / scale, 1.0))


def signed_square(position: np.ndarray, scale: float) -> np.ndarray:
    """The inverse of `signed_root`: the value at `position` (-1..1)."""
    return np.sign(position) * np.square(position) * scale


def latent_histogram(values: np.ndarray, scale: float, bins: int) -> np.ndarray:
    """Counts of the latent's values in `bins` steps of `signed_root`, from -scale to scale: (bins,) int64."""
    finite = values[np.isfinite(values)]
    counts, _edges = np.histogram(signed_root(finite, scale), bins=bins, range=(-1.0, 1.0))
    return counts


def colour_steps(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values to steps 0..255 of a colour map, uint8; `low` and below is 0, NaN is 0."""
    scaled = (np.nan_to_num(values, nan=low) - low) * np.float32(255.0 / (high - low))
    return np.clip(scaled + 0.5, 0, 255).astype(np.uint8)


def colour_map(name: str, steps: int = 256) -> np.ndarray:
    """Colours from the first to the last of a map in `COLOUR_MAPS`: (steps,) uint32 as 0xffRRGGBB."""
    stops = np.array([[int(stop[at : at + 2], 16) for at in (0, 2, 4)] for stop in COLOUR_MAPS[name].split()], float)
    at = np.linspace(0, len(stops) - 1, steps)
    red, green, blue = (
        np.interp(at, np.arange(len(stops)), stops[:, one]).round().astype(np.uint32) for one in range(3)
    )
    return np.uint32(0xFF000000) | (red << np.uint32(16)) | (green << np.uint32(8)) | blue


# Sequential maps rise evenly in lightness, so that a louder spot is a lighter one (in the dark) or a darker
# one (on paper) for every eye; diverging maps meet in the colour of the background, where there is nothing to see.
COLOUR_MAPS = {
    "glow": "07080d 160f2b 2f1650 551b66 7d2570 a7346d cd4a5c e96e48 f79a3e fcc95a fdf3b0",
    "ink": "ffffff eef2f3 d3e3e8 aed0dc 82b8cf 5a9cc0 3f7dab 325f91 2a4474 1f2b54 12142f",
    "night": "8fd4ff 4ea5ec 2f74c4 244c86 1b2b49 14171f 47221f 803028 bd4531 ee7044 ffb785",
    "paper": "0f3f7a 2463a8 4c8fcb 8dbde2 cfe2f0 f8f8f7 f6d9cb eda98c dc6f51 b93a31 7c1420",
}


def _mel(frequency: float) -> float:
    return float(2595.0 * np.log10(1.0 + frequency / 700.0))
