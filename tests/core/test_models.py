"""Designs, presets and networks: exact sizes, warnings, determinism, finding a model."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import TrainingError, UsageError
from core.models.design import KltDesign, design_from_dict
from core.models.klt import KltNetwork, mdct, mdct_matrix
from core.models.klt_fit import fit_klt
from core.models.layers import ConvDesign, ConvLayer, conv_design
from core.models.network import build_network
from core.models.presets import DEFAULT_MODEL, find_model, preset, presets

CONV = {"conv-55112": 55112, "conv-32151": 32151, "conv-24496": 24496, "conv-18376": 18376, "conv-9184": 9184}
VAE = {"vae-55112": 55112, "vae-18376": 18376, "vae-9184": 9184}
KLT = {"klt-1378": 6976, "klt-689": 3488, "klt-344": 1744}


@pytest.mark.parametrize(("name", "floats"), [*CONV.items(), *VAE.items(), *KLT.items()])
def test_a_preset_stores_exactly_its_floats_for_five_seconds(name: str, floats: int) -> None:
    each = preset(name)
    assert each.latent_floats_5s == floats
    network = build_network(each.config)
    latent = network.encode(torch.zeros(1, 1, 110_250))[:, : each.channels]
    assert latent.numel() == floats
    assert network.decode(latent).shape[-1] >= 110_250


@pytest.mark.parametrize("name", CONV)
def test_the_tables_sizes_are_the_networks(name: str) -> None:
    design = design_from_dict(preset(name).config)
    assert isinstance(design, ConvDesign)
    network = build_network(design)
    assert design.parameters == sum(each.numel() for each in network.parameters()) == preset(name).parameters
    assert {key: tuple(value.shape) for key, value in network.state_dict().items()} == design.tensors()
    rows = design.table()
    assert sum(row.parameters for row in rows) == design.parameters
    assert rows[-1].elements == preset(name).latent_floats_5s
    assert all(row.elements <= 110_250 and not row.warning for row in rows)
    x = torch.zeros(1, 1, (design.frames(110_250) - 1) * design.hop + design.reach)
    for convolution, row in zip(network.encoder, rows, strict=True):
        x = convolution(x)
        assert tuple(x.shape[1:]) == row.shape


def test_a_layer_that_raises_the_element_count_is_warned_about() -> None:
    rows = ConvDesign((ConvLayer(32, 16, 8), ConvLayer(4, 3, 2))).table()
    assert "More elements" in rows[0].warning
    assert "fall to" in rows[1].warning


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ((), "no layer"),
        ((ConvLayer(16, 8, 16),), "unread"),
        ((ConvLayer(0, 8, 8),), "channels is 0"),
        ((ConvLayer(10**9, 8, 8),), "channels is 1000000000"),
        ((ConvLayer(8, 8, 0),), "stride is 0"),
        ((ConvLayer(8, 8, 8, "sine"),), "no activation"),
        ((ConvLayer(4096, 64, 32), ConvLayer(4096, 64, 32)), "parameters"),
        ((ConvLayer(2, 600, 300), ConvLayer(2, 600, 300)), "samples a latent frame"),
        ((ConvLayer(2, 8000, 2),), "times its hop"),
        (tuple(ConvLayer(2, 1) for _ in range(40)), "40 layers"),
    ],
)
def test_a_design_that_cannot_work_gets_a_sentence(layers: tuple[ConvLayer, ...], words: str) -> None:
    design = ConvDesign(layers)
    assert any(words in problem for problem in design.problems())
    with pytest.raises(UsageError, match=words):
        design.check()


@pytest.mark.parametrize("floats", [110_250, 55_112, 32_151, 18_376, 9184, 5000, 1000, 300])
def test_solving_for_a_size_comes_near_it_with_a_design_that_works(floats: int) -> None:
    solved = design_from_dict(preset("conv-18376").config)
    assert isinstance(solved, ConvDesign)
    solved = solved.solve(floats)
    assert not solved.problems()
    assert abs(solved.latent_floats() - floats) <= max(0.005 * floats, 4)


def test_solving_keeps_the_layers_where_their_channels_suffice() -> None:
    design = replace(conv_design(48, 8, kernel=88), layers=(ConvLayer(40, 88, 48), ConvLayer(8, 1)))
    solved = design.solve(2297 * 11)
    assert [layer.channels for layer in solved.layers] == [40, 11]
    with pytest.raises(UsageError):
        design.solve(0)


def test_designs_survive_json() -> None:
    for each in presets():
        assert design_from_dict(json.loads(json.dumps(each.config))).to_dict() == each.config
    for bad in ({}, {"kind": "conv"}, {"kind": "conv", "rate": 22050, "layers": [{"channels": True}]}, {"kind": "gan"}):
        with pytest.raises(UsageError):
            design_from_dict(bad)
    with pytest.raises(UsageError):
        KltDesign(channels=2000)


def test_the_same_seed_gives_the_same_weights_and_leaves_torchs_random_state_alone() -> None:
    before = torch.random.get_rng_state()
    one, two, other = (build_network(preset("conv-9184").config, seed) for seed in (1, 1, 2))
    assert torch.equal(before, torch.random.get_rng_state())
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


@pytest.mark.parametrize("name", CONV)
def test_an_untrained_network_is_no_silence_and_learns_from_its_first_steps(name: str) -> None:
    torch.manual_seed(0)
    time = torch.arange(22_050) / 22_050
    x = torch.stack([0.4 * torch.sin(2 * torch.pi * pitch * time) for pitch in (150.0, 440.0, 1200.0)])[:, None]
    x = x + 0.02 * torch.randn_like(x)
    network = build_network(preset(name).config, 3)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.002)
    losses = []
    for _ in range(20):
        loss = (network(x) - x).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    silent = float(x.square().mean())
    assert losses[0] < 0.9 * silent
    assert losses[-1] < 0.7 * losses[0]


@pytest.mark.parametrize(("kernel", "stride"), [(1, 1), (3, 1), (9, 1), (48, 16), (88, 48), (7, 7), (5, 2)])
def test_the_fast_convolutions_are_torchs(kernel: int, stride: int) -> None:
    design = ConvDesign((ConvLayer(5, kernel, stride, "none"), ConvLayer(3, kernel, stride, "none")), output="none")
    network = build_network(design, 1)
    x = torch.randn(2, 1, 3 * design.hop + design.reach)
    latent = network.encoder[1](network.encoder[0](x))
    torch.testing.assert_close(network.encode(x), latent)
    torch.testing.assert_close(network.decode(latent), network.decoder[1](network.decoder[0](latent)))


@pytest.mark.parametrize("activation", ["tanh", "none", "relu", "leaky", "elu", "gelu", "silu"])
def test_every_activation_runs(activation: str) -> None:
    design = conv_design(16, 4, activation=activation)
    assert torch.isfinite(build_network(design)(torch.randn(2, 1, 1000))).all()


@pytest.mark.parametrize("window", ["sine", "kbd"])
def test_the_whole_mdct_reconstructs_perfectly(window: str) -> None:
    hop = 64
    matrix = mdct_matrix(hop, window)
    x = torch.randn(1, 1, 1000, dtype=torch.float64)
    frames = mdct(x, hop, window)
    lapped = frames @ matrix
    sound = lapped[:, :-1, hop:] + lapped[:, 1:, :hop]
    torch.testing.assert_close(sound.flatten(1)[:, :1000], x[0])
    assert frames.square().sum() == pytest.approx(float(x.square().sum()))


def test_a_klt_of_all_directions_is_perfect_and_its_prefixes_are_the_best_linear_ones() -> None:
    generator = np.random.default_rng(0)
    shaped = np.convolve(generator.standard_normal(20_000), np.ones(8) / 8, "same").astype(np.float32)
    network = fit_klt([shaped], channels=32, hop=32)
    x = torch.from_numpy(shaped)[None, None]
    whole = network.encode(x)
    torch.testing.assert_close(network.decode(whole)[..., : x.shape[-1]], x, atol=1e-4, rtol=0)
    errors = [
        float((network.decode(whole[:, :keep])[..., : x.shape[-1]] - x).square().mean()) for keep in (4, 8, 16, 32)
    ]
    assert errors == sorted(errors, reverse=True)
    first = build_network(KltDesign(8, 32))
    assert isinstance(first, KltNetwork)
    assert errors[1] < float((first(x) - x).square().mean())


def test_a_klt_needs_sound() -> None:
    with pytest.raises(TrainingError, match="no sound"):
        fit_klt([np.zeros(50_000, np.float32)])
    with pytest.raises(TrainingError, match="not numbers"):
        fit_klt([np.full(50_000, np.nan, np.float32)])


def test_the_default_model_is_shipped_and_an_untrained_preset_is_one_sentence() -> None:
    ref = find_model(DEFAULT_MODEL)
    assert ref.path.is_file()
    assert find_model("klt-344").channels == 16
    with pytest.raises(UsageError, match="never trained"):
        find_model("conv-18376")
    with pytest.raises(UsageError, match="There is no model nonsense"):
        find_model("nonsense")
    with pytest.raises(UsageError):
        find_model("\0")


def test_a_run_folder_is_a_model_once_it_holds_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no trained model"):
        find_model(tmp_path)
    (tmp_path / "best.musicae").write_bytes(b"")
    assert find_model(tmp_path).path == tmp_path / "best.musicae"


def test_names_and_sizes_need_no_torch() -> None:
    code = (
        "import sys, core.models.presets as p; p.presets(); p.find_model('klt-1378');"
        "from core.models.checkpoint import read_header; read_header(p.find_model('klt-1378').path);"
        "import core.quality; assert not {'torch', 'scipy', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
