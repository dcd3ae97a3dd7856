"""The metrics against independent definitions: torchaudio's mel bank, torch's STFT, closed forms."""

import json
import math

import numpy as np
import pytest
import torch

from core.audio import Clip
from core.errors import UsageError
from core.models.pure_torchaudio import torchaudio
from core.quality import compare, mel_bank, mel_distance, si_sdr, stft_distance, summarise, visqol


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    reference = (0.2 * generator.standard_normal(40_000) * np.hanning(40_000)).astype(np.float32)
    return reference, (0.7 * reference + 0.01 * generator.standard_normal(40_000)).astype(np.float32)


def test_si_sdr_is_the_ratio_that_was_mixed_in(pair: tuple[np.ndarray, np.ndarray]) -> None:
    reference = pair[0].astype(np.float64)
    other = np.random.default_rng(1).standard_normal(len(reference))
    other -= (other @ reference) / (reference @ reference) * reference
    other *= np.linalg.norm(reference) / np.linalg.norm(other)
    assert si_sdr(reference, reference + 0.1 * other) == pytest.approx(20.0)
    assert si_sdr(reference, -3 * (reference + 0.1 * other)) == pytest.approx(20.0)


def test_si_sdr_keeps_the_mean() -> None:
    assert si_sdr(np.ones(100), np.ones(100) + np.tile([0.1, -0.1], 50)) == pytest.approx(20.0)


def test_si_sdr_has_finite_ends() -> None:
    reference = np.sin(np.arange(1000) / 5)
    assert si_sdr(reference, reference) == 100.0
    assert si_sdr(reference, 0 * reference) == -100.0
    assert math.isnan(si_sdr(0 * reference, reference))


def test_the_mel_bank_is_htks_unnormalised() -> None:
    expected = torchaudio.functional.melscale_fbanks(1025, 20.0, 11_025.0, 80, 22_050, norm=None, mel_scale="htk")
    np.testing.assert_allclose(mel_bank(22_050), expected.numpy(), atol=2e-4)


def test_mel_and_stft_agree_with_torch(pair: tuple[np.ndarray, np.ndarray]) -> None:
    def spectra(size: int, hop: int) -> list[torch.Tensor]:
        window = torch.hann_window(size, dtype=torch.float64)
        both = [torch.from_numpy(part).double() for part in pair]
        return [torch.stft(part, size, hop, window=window, return_complex=True).abs() for part in both]

    bank = torch.from_numpy(mel_bank(22_050))
    logs = [(bank.T @ part).clamp(min=1e-5).log10() for part in spectra(2048, 512)]
    assert mel_distance(*pair, 22_050) == pytest.approx(float((logs[0] - logs[1]).abs().mean()))
    convergence, log = [], []
    for size in (512, 1024, 2048):
        ours, theirs = spectra(size, size // 4)
        convergence.append(float((ours - theirs).norm() / ours.norm()))
        log.append(float(((ours + 1e-5).log() - (theirs + 1e-5).log()).abs().mean()))
    result = stft_distance(*pair)
    assert result["stft_convergence"] == pytest.approx(np.mean(convergence))
    assert result["stft_log"] == pytest.approx(np.mean(log))
    assert result["stft"] == pytest.approx(np.mean(convergence) + np.mean(log))


def test_compare_takes_any_rate_and_gives_json(pair: tuple[np.ndarray, np.ndarray]) -> None:
    stereo = Clip(np.stack([pair[0], pair[0]]), 44_100)
    result = compare(stereo, stereo.mono().resampled(22_050), with_visqol=False)
    assert set(result) == {"si_sdr", "mel", "stft", "stft_convergence", "stft_log", "visqol"}
    assert result["si_sdr"] == 100.0
    assert result["mel"] == 0.0
    assert result["visqol"] is None
    json.dumps(result, allow_nan=False)


def test_silence_tiny_and_empty_clips() -> None:
    silent = Clip(np.zeros(30_000, np.float32), 22_050)
    result = compare(silent, silent)
    assert result["si_sdr"] is None
    assert result["stft"] is None
    assert result["mel"] == 0.0
    one = Clip(np.ones(1, np.float32), 22_050)
    assert compare(one, one)["mel"] == 0.0
    with pytest.raises(UsageError, match="empty"):
        compare(Clip(np.zeros((1, 0), np.float32), 22_050), one)


def test_visqol_ranks_a_copy_above_noise() -> None:
    pytest.importorskip("visqol")
    time = np.arange(2 * 22_050) / 22_050
    chord = sum(0.1 * np.sin(2 * np.pi * pitch * time) * np.exp(-(time % 0.5) * 4) for pitch in (220, 330, 550, 1760))
    noisy = chord + 0.05 * np.random.default_rng(0).standard_normal(len(chord))
    same, worse = visqol(chord, chord, 22_050), visqol(chord, noisy, 22_050)
    assert same is not None
    assert worse is not None
    assert 1.0 <= worse < same <= 5.0
    assert same > 4.5


def test_a_summary_has_mean_spread_and_count_of_what_is_known() -> None:
    summary = summarise([{"mel": 1.0, "visqol": None}, {"mel": 3.0, "visqol": None}])
    assert summary["visqol"] is None
    assert summary["mel"] is not None
    assert (summary["mel"].mean, summary["mel"].deviation, summary["mel"].count) == (2.0, 1.0, 2)


def test_visqol_gives_the_librarys_own_score_though_it_takes_all_frames_at_once() -> None:
    gammatone = pytest.importorskip("visqol.gammatone")
    from visqol.analysis_window import AnalysisWindow

    from core.faster_visqol import gammatone_frames

    samples = np.random.default_rng(3).standard_normal(14_000) * np.hanning(14_000)
    window = AnalysisWindow(48_000, 0.25, 0.08)
    builder = gammatone.GammatoneSpectrogramBuilder(32, 50)
    coefficients = gammatone.make_erb_filters(48_000, 32, 50, 24_000).filter_coeffs[:, ::-1]
    theirs = np.empty((32, 8))
    for frame in range(8):
        builder.filter_bank.reset_conditions()
        windowed = window.apply_hann_window(samples[frame * 960 : frame * 960 + window.size].copy())
        theirs[:, frame] = np.sqrt(np.mean(builder.filter_bank.apply_filter(windowed, coefficients) ** 2, axis=1))
    ours = gammatone_frames._spectrogram(builder, samples, window, coefficients, 960, 8, 32)
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def test_patches_are_as_similar_as_visqol_itself_finds_them() -> None:
    nsim = pytest.importorskip("visqol.nsim")
    from core.faster_visqol.patch_similarity import similarity

    draws = np.random.default_rng(4)
    patches = [draws.uniform(0, 1, (32, 30)), np.zeros((32, 30)), np.full((32, 4), 0.3), draws.uniform(0, 60, (21, 5))]
    for patch in patches:
        noisy = np.clip(patch + 0.05 * draws.standard_normal(patch.shape), 0, None)
        for degraded in (patch, noisy, np.zeros_like(patch)):
            with np.errstate(invalid="ignore", divide="ignore"):
                theirs, ours = nsim.measure_patch_similarity(patch, degraded), similarity(patch, degraded)
            for field in ("similarity", "freq_band_means", "freq_band_stddevs", "freq_band_deg_energy"):
                np.testing.assert_allclose(getattr(ours, field), getattr(theirs, field), rtol=1e-9, atol=1e-5)


def test_a_score_is_the_one_that_visqol_gives_without_our_help() -> None:
    pytest.importorskip("visqol")
    from visqol import VisqolApi, patch_selector
    from visqol.nsim import measure_patch_similarity

    from core.quality import _visqol_model

    ours = _visqol_model()
    rate = 48_000
    time = np.arange(2 * rate) / rate
    sound = 0.3 * np.sin(2 * np.pi * 440 * time) * (1 + np.sin(2 * np.pi * 3 * time))
    worse = sound + 0.01 * np.random.default_rng(5).standard_normal(len(sound))
    quick = ours.measure_from_arrays(sound, worse, rate).moslqo
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patch_selector, "measure_patch_similarity", measure_patch_similarity)
        theirs = VisqolApi()
        theirs.create(mode="audio")
        assert quick == pytest.approx(theirs.measure_from_arrays(sound, worse, rate).moslqo, abs=1e-6)
