"""Ways between two songs: the ends are the songs, windows are the whole's, tones and levels are where they belong."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio import Clip
from core.errors import Cancelled, UsageError
from core.i18n import _
from core.latents.latent import Latent, LatentError
from core.latents.ways import DEFAULT_WAY, WAYS, Morph, Way, way_named
from core.latents.ways.in_latent import MOST_COLOUR
from core.latents.ways.level import CONTEXT, KNEE, even, limited
from core.latents.ways.regions import lobes, moved
from core.latents.ways.transport import aims
from core.models.codec import Codec, load_codec, new_codec
from core.models.studio_design import StudioDesign

RATE = 22_050
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))


@pytest.fixture(scope="module")
def codec() -> Codec:
    return load_codec("klt-1378")


def _encoded(codec: Codec, samples: np.ndarray) -> Latent:
    return codec.encode(Clip(samples.astype(np.float32)[None], RATE))


def _tone(frequency: float, seconds: float = 2.0, level: float = 0.4) -> np.ndarray:
    return level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)


@pytest.fixture(scope="module")
def latents(codec: Codec) -> tuple[Latent, Latent]:
    """Two seconds of chords with beats, and a little more of others."""
    return _encoded(codec, _music(1, 2.0)), _encoded(codec, _music(2, 2.3))


def _music(seed: int, seconds: float) -> np.ndarray:
    """Two notes with overtones that are struck again and again, and noise on every beat."""
    random = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    beat = (3 + seed) * time % 1.0
    notes = sum(
        _tone(root * overtone, seconds, 0.1 / overtone)
        for root in random.uniform(100, 400, 2)
        for overtone in (1, 2, 3)
    )
    return notes * np.exp(-2 * beat) + 0.1 * random.standard_normal(len(time)) * np.exp(-30 * beat)


@pytest.fixture(scope="module")
def morph(codec: Codec, latents: tuple[Latent, Latent]) -> Morph:
    return Morph(codec, *latents)


@every_way
def test_the_ends_are_the_songs(codec: Codec, latents: tuple[Latent, Latent], morph: Morph, way: Way) -> None:
    a, b = (codec.decode(latent).samples[0] for latent in latents)
    count = morph.samples - 3000  # where the longer song is cut off, its last frames lack their successors
    for at, song in ((0.0, a), (1.0, b)):
        np.testing.assert_allclose(morph.range(way, at, 0, count), limited(song[:count]), atol=1e-5)


@every_way
@pytest.mark.parametrize("at", [-0.2, 0.55])
def test_a_window_is_that_part_of_the_whole(
    codec: Codec, latents: tuple[Latent, Latent], morph: Morph, way: Way, at: float
) -> None:
    whole = morph.whole(way, at)
    assert len(whole) == morph.samples
    fresh = Morph(codec, *latents)  # which has seen nothing of the songs yet
    for start, count in ((30_001, 3_000), (morph.samples - 1_000, 2_000), (-500, 4_410)):
        expected = np.pad(whole, 5_000)[start + 5_000 : start + 5_000 + count]
        np.testing.assert_allclose(fresh.range(way, at, start, count), expected, atol=1e-4)


@every_way
def test_the_level_is_even_along_the_way(morph: Morph, way: Way) -> None:
    inner = slice(5_000, -5_000)
    ends = [float(np.mean(np.square(morph.whole(way, at)[inner]))) for at in (0.0, 1.0)]
    halfway = np.mean(np.square(morph.whole(way, 0.5)[inner]))
    assert 10 * np.log10(halfway / np.mean(ends)) == pytest.approx(0, abs=1.0)


@every_way
def test_songs_of_different_length_end_in_silence_or_early(
    codec: Codec, latents: tuple[Latent, Latent], way: Way
) -> None:
    a, b = latents
    assert Morph(codec, a, b).samples == a.samples
    longer = Morph(codec, a, b, length="longer")
    assert longer.samples == b.samples
    assert np.isfinite(longer.range(way, 0.5, a.samples - 2_000, 4_000)).all()
    assert not longer.range(way, 0.5, b.samples + 1, 500).any()


@every_way
def test_silence_stays_silence(codec: Codec, way: Way) -> None:
    silent = _encoded(codec, np.zeros(RATE // 2))
    assert np.abs(Morph(codec, silent, silent).whole(way, 0.5)).max() < 1e-3
    assert np.isfinite(Morph(codec, silent, _encoded(codec, _tone(440, 0.5))).whole(way, 0.5)).all()


@every_way
def test_every_way_serves_a_model_that_is_no_lapped_transform(way: Way) -> None:
    codec = new_codec(StudioDesign(channels=4, hop=256, window=512, width=8, bands=4), 3)
    a, b = (_encoded(codec, np.random.default_rng(seed).standard_normal(RATE // 2) / 9) for seed in (1, 2))
    morph = Morph(codec, a, b)
    whole = morph.whole(way, 0.45)
    np.testing.assert_allclose(morph.range(way, 0.45, 4_000, 2_000), whole[4_000:6_000], atol=1e-4)


def test_transport_puts_one_tone_between_two_where_the_straight_line_has_both(codec: Codec) -> None:
    morph = Morph(codec, _encoded(codec, _tone(440)), _encoded(codec, _tone(880)))
    peaks = {name: _peaks(morph.range(WAYS[name], 0.5, 8_000, 1 << 14)) for name in ("straight", "transport")}
    assert peaks["straight"] == pytest.approx([440, 880], abs=4)
    assert peaks["transport"] == pytest.approx([np.sqrt(440 * 880)], rel=0.02)


def test_a_moved_lobe_is_a_steady_tone_at_its_new_place(codec: Codec) -> None:
    """Away from the middle of a bin, too, and for seconds: phases go on from frame to frame."""
    morph = Morph(codec, _encoded(codec, _tone(523.0)), _encoded(codec, _tone(587.0)))
    heard = morph.range(WAYS["handover"], 0.25, 6_000, 1 << 15)
    assert _peaks(heard) == pytest.approx([523 * (587 / 523) ** 0.25], abs=4)
    blocks = np.sqrt(np.mean(np.square(heard.reshape(-1, 1024)), axis=1))
    assert blocks.min() > 0.8 * blocks.max()


def test_low_comes_from_a_and_high_from_b(codec: Codec) -> None:
    one = _encoded(codec, _tone(220) + _tone(1500))
    morph = Morph(codec, one, _encoded(codec, _tone(260) + _tone(1700)))
    heard = morph.range(WAYS["bands"], 0.5, 8_000, RATE)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(RATE)))  # a bin a Hertz
    assert spectrum[220] > 10 * spectrum[260]
    assert spectrum[1700] > 10 * spectrum[1500]


def test_colour_keeps_a_s_rhythm_and_takes_b_s_channels(codec: Codec, latents: tuple[Latent, Latent]) -> None:
    morph = Morph(codec, *latents)
    values = WAYS["colour"].values(morph.songs, 0.5, 0, morph.songs.frames)  # type: ignore[attr-defined]
    (_mean_a, own), (_mean_b, wanted) = morph.songs.statistics["a"], morph.songs.statistics["b"]
    reached = np.abs(np.log(wanted / own)[:, 0]) < MOST_COLOUR
    assert reached.mean() > 0.6
    assert values.std(axis=1)[reached] == pytest.approx(wanted[reached, 0], rel=1e-3)
    before = morph.songs.values("a", 0, morph.songs.frames)
    assert all(np.corrcoef(one, other)[0, 1] > 0.999 for one, other in zip(before, values, strict=True))


def test_channels_swap_one_after_the_other_the_weakest_first(morph: Morph) -> None:
    songs = morph.songs
    a, b = (songs.values(side, 0, songs.frames) for side in ("a", "b"))
    values = WAYS["swap"].values(songs, 0.5, 0, songs.frames)  # type: ignore[attr-defined]
    from_b = np.array([np.array_equal(row, one) for row, one in zip(values, b, strict=True)])
    from_a = np.array([np.array_equal(row, one) for row, one in zip(values, a, strict=True)])
    assert (from_a | from_b).sum() >= len(a) - 1, "one channel at most is on its way"
    energy = np.square(a).mean(axis=1) + np.square(b).mean(axis=1)
    assert energy[from_b].max() < energy[from_a].min() * 1.5


def test_the_arc_keeps_the_energy_of_strangers(codec: Codec) -> None:
    a, b = (_encoded(codec, np.random.default_rng(seed).standard_normal(RATE) / 9) for seed in (1, 2))
    songs = Morph(codec, a, b).songs
    energy = {
        name: np.square(WAYS[name].values(songs, 0.5, 5, 15)).mean()  # type: ignore[attr-defined]
        for name in ("straight", "spherical")
    }
    assert energy["spherical"] == pytest.approx(np.square(songs.values("a", 5, 15)).mean(), rel=0.15)
    assert energy["straight"] < 0.7 * energy["spherical"]


def test_lobes_divide_a_spectrum_at_its_minima() -> None:
    found = lobes(np.array([[0, 1, 4, 1, 0, 3, 9, 3, 0], [5, 1, 0, 0, 0, 0, 0, 2, 0]], float))
    assert found.number[0].tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1]
    assert found.masses == pytest.approx([6, 15, 6, 2])
    assert found.places == pytest.approx([2, 6, 0.5, 7])
    assert found.frames.tolist() == [0, 0, 1, 1]


def test_the_plan_couples_equal_shares_of_mass() -> None:
    one = lobes(np.array([[0, 3, 0, 0, 0, 1, 0.0]]))
    other = lobes(np.array([[0, 0, 2, 0, 0, 0, 2.0]]))
    octaves = dict(zip(one.places.round(3), aims(one, other), strict=True))
    # A quarter of the mass lies at 5 and goes to 6; of the three quarters at 1, two go to 2 and one to 6.
    assert octaves[5.0] == pytest.approx(np.log2(6), abs=1e-3)
    assert octaves[1.0] == pytest.approx(2 / 3 + np.log2(6) / 3, abs=1e-3)


def test_what_moves_out_of_the_spectrum_is_dropped() -> None:
    spectra = np.ones((1, 5), np.complex64)
    shifts = np.array([[-1, 1, 1, 1, 1]])
    result = moved(spectra, shifts, np.zeros((1, 5)), np.full((1, 5), 2.0))
    assert result.real.tolist() == [[0, 0, 2, 2, 2]]


@every_way
def test_songs_that_were_prepared_are_not_decoded_again_for_a_window(
    codec: Codec, latents: tuple[Latent, Latent], morph: Morph, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = Morph(codec, *latents)
    prepared.prepare(0, prepared.samples)
    decodes = []
    decode = codec.decode_values

    def counted(values: np.ndarray, **place: int) -> np.ndarray:
        decodes.append(place["count"])
        return decode(values, **place)

    monkeypatch.setattr(codec, "decode_values", counted)
    found = prepared.range(way, 0.4, 9000, 2000)
    assert len(decodes) == (1 if way.needs == "latents" else 0)  # the mixture itself
    np.testing.assert_allclose(found, morph.range(way, 0.4, 9000, 2000), atol=1e-4)


def test_the_limiter_is_transparent_below_the_knee_and_never_beyond_full_scale() -> None:
    quiet = np.linspace(-KNEE, KNEE, 101).astype(np.float32)
    np.testing.assert_array_equal(limited(quiet), quiet)
    wild = np.linspace(-50, 50, 10_001).astype(np.float32)
    bent = limited(wild)
    assert np.abs(bent).max() <= 1.0
    assert (np.diff(bent) >= 0).all()
    assert np.abs(np.diff(limited(np.linspace(0.9, 1.0, 1001)), 2)).max() < 1e-4, "no corner"


def test_a_wild_latent_is_brought_down_to_the_songs_level(codec: Codec, latents: tuple[Latent, Latent]) -> None:
    noise = np.random.default_rng(0).standard_normal(20 * CONTEXT)
    level = even(30 * noise, [(0.5, 0.1 * noise), (0.5, 0.1 * noise)])
    assert np.std(level[CONTEXT:-CONTEXT]) == pytest.approx(0.3, rel=0.2), "40 dB down at most"
    wild = Latent(latents[1].values * 40, latents[1].model, latents[1].samples)
    for at in (0.5, 1.0, 1.2):
        assert np.abs(Morph(codec, latents[0], wild).range(WAYS["straight"], at, 20_000, 20_000)).max() <= 1.0


def test_wrong_requests_get_sentences(codec: Codec, latents: tuple[Latent, Latent], morph: Morph) -> None:
    for at in (-0.3, 1.3, float("nan")):
        with pytest.raises(UsageError):
            morph.range(WAYS["straight"], at, 0, 10)
    with pytest.raises(UsageError, match="straight"):
        way_named("crooked")
    with pytest.raises(LatentError):
        Morph(codec, latents[0], Latent(latents[1].values, "f00", latents[1].samples))
    with pytest.raises(UsageError):
        Morph(codec, *latents, length="both")
    with pytest.raises(Cancelled):
        morph.whole(WAYS["straight"], 0.5, cancelled=lambda: True)


def test_progress_reaches_the_end(morph: Morph) -> None:
    told: list[float] = []
    morph.whole(WAYS["straight"], 0.5, progress=told.append)
    assert told[-1] == 1.0


def test_every_way_says_what_it_does() -> None:
    assert DEFAULT_WAY in WAYS
    assert len({way.label for way in WAYS.values()}) == len(WAYS)
    for name, way in WAYS.items():
        assert name == way.name
        assert _(way.help).endswith(".")
        assert way.needs in ("latents", "sounds")


def _peaks(sound: np.ndarray) -> list[float]:
    """Frequencies of the peaks within 10 dB of the highest."""
    spectrum = np.abs(np.fft.rfft(sound * np.blackman(len(sound))))
    near = max(1, round(20 * len(sound) / RATE))
    padded = np.pad(spectrum, near)
    highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * near + 1).max(axis=1)
    found = np.flatnonzero((spectrum >= highest) & (spectrum > 10 ** (-10 / 20) * spectrum.max()))
    return [float(place) for place in found * RATE / len(sound)]
