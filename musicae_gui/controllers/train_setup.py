"""What is about to be trained: sizes, the networks as edited, settings and songs; and what it becomes in words."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from core.data.splits import Split, split_songs
from core.errors import UsageError
from core.i18n import _, ngettext
from core.models.design import Design, design_from_dict
from core.models.layers import ConvDesign
from core.models.presets import Preset, preset, presets
from core.session import texts
from core.training.config import TrainConfig
from core.training.suited import suited, suited_settings

FAMILIES = ("studio",)  # kinds whose sizes are one network, so that one training is for all of them
FIRST_CHOICE = "conv-18376"  # the smallest size that the report found acceptable by ear
ALL, SELECTION, GENRE, FOLDER = "all", "selection", "genre:", "folder:"


@dataclass(frozen=True)
class TrainSong:
    """What the set-up needs to know of a song in the library."""

    key: str
    author: str
    seconds: float


class TrainSetup:
    """The choices of the left side. Nothing here starts anything."""

    def __init__(self, *, device: str = "auto") -> None:
        self.presets: dict[str, Preset] = {each.name: each for each in _ordered(_families(presets()))}
        self.chosen: list[str] = [FIRST_CHOICE]
        self.current = FIRST_CHOICE
        self._config = TrainConfig(model=FIRST_CHOICE, device=device)
        self._touched: set[str] = set()  # settings that the user has set
        self.source = ALL
        self._edited: dict[str, ConvDesign] = {}

    def listed(self, name: str) -> str:
        """The name in the list for a preset's; "" where there is none."""
        try:
            kind = preset(name).kind
        except UsageError:
            return ""
        return kind if kind in FAMILIES else name

    def choose(self, name: str, chosen: bool) -> None:
        names = {*self.chosen, name} if chosen else {each for each in self.chosen if each != name}
        self.chosen = [each for each in self.presets if each in names]

    def design(self, name: str) -> ConvDesign | None:
        """The network of a size as it would be trained; None for what has no table of layers to edit."""
        if self.presets[name].kind != "conv":
            return None
        return self._edited.get(name) or ConvDesign.from_dict(self.presets[name].config)

    def network(self, name: str) -> Design | None:
        """What will be trained step by step; None for klt, which is fitted at once."""
        each = self.presets[name]
        return None if each.kind == "klt" else self.design(name) or design_from_dict(each.config)

    def edited(self, name: str) -> bool:
        return name in self._edited

    def edit(self, name: str, design: ConvDesign) -> None:
        if design == ConvDesign.from_dict(self.presets[name].config):
            self._edited.pop(name, None)
        else:
            self._edited[name] = design

    def reset(self, name: str) -> None:
        self._edited.pop(name, None)

    def config_of(self, name: str) -> TrainConfig:
        """The settings for a size: the user's own, and what suits the size for those never touched."""
        return suited(self._config, name, self._touched)

    def suits(self, name: str) -> tuple[str, ...]:
        """Names of the settings in which a size differs from the usual because that suits it."""
        default = TrainConfig()
        values = suited_settings(name)
        return tuple(each for each in values if each not in self._touched and values[each] != getattr(default, each))

    @property
    def touched(self) -> bool:
        return bool(self._touched)

    @property
    def config(self) -> TrainConfig:
        """The settings of the current size; whatever is changed in them counts as touched from then on."""
        return self.config_of(self.current)

    @config.setter
    def config(self, config: TrainConfig) -> None:
        before = self.config
        changed = {
            field.name: getattr(config, field.name)
            for field in fields(config)
            if field.name not in ("model", "design") and getattr(config, field.name) != getattr(before, field.name)
        }
        self._touched |= changed.keys()
        self._config = self._config.replace(**changed)

    def forget_settings(self) -> None:
        """Every setting is again as it suits each size; where to compute stays."""
        self._config = TrainConfig(model=FIRST_CHOICE, device=self._config.device)
        self._touched.clear()

    def configs(self) -> list[TrainConfig]:
        """One configuration a chosen size, in the order of the list.

        Raises:
            UsageError: no size is chosen, or an edited network cannot work.
        """
        if not self.chosen:
            raise UsageError(_("Tick at least one size to train."))
        return [self._job_config(name) for name in self.chosen]

    def _job_config(self, name: str) -> TrainConfig:
        design = self._edited.get(name)
        config = self.config_of(name)
        if design is None:
            return config.replace(design="")
        design.check()
        return config.replace(design=json.dumps(design.to_dict()))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for the session."""
        return {
            "chosen": list(self.chosen),
            "current": self.current,
            "source": self.source,
            "settings": {name: getattr(self._config, name) for name in sorted(self._touched)},
            "designs": {name: design.to_dict() for name, design in self._edited.items()},
        }

    def restore(self, values: Mapping[str, Any]) -> None:
        """Take over what `to_dict` gave; whatever does not fit this version is left at its default."""
        chosen = values.get("chosen")
        if isinstance(chosen, list):
            names = {self.listed(name) for name in texts(chosen)}
            self.chosen = [name for name in self.presets if name in names]
        current = self.listed(str(values.get("current")))
        if current in self.presets:
            self.current = current
        if isinstance(values.get("source"), str):
            self.source = str(values["source"])
        settings = values.get("settings")
        for spec in TrainConfig.specs():
            if isinstance(settings, dict) and spec.name in settings:
                with contextlib.suppress(UsageError):
                    self._config = self._config.replace(**{spec.name: settings[spec.name]})
                    self._touched.add(spec.name)
        designs = values.get("designs")
        for name, design in (designs if isinstance(designs, dict) else {}).items():
            try:
                if self.presets[name].kind == "conv":
                    self.edit(name, ConvDesign.from_dict(design))
            except (UsageError, KeyError, TypeError, AttributeError):
                continue


def size_words(each: Preset, design: ConvDesign | None, edited: bool) -> str:
    """The second line of a size in the list: its latent in both units used everywhere, and what it is."""
    floats = each.latent_floats_5s
    rate = each.floats_per_second
    if design is not None and edited and not design.problems():
        floats = design.latent_floats()
        rate = design.channels * design.rate / design.hop
    if each.clip_seconds is not None:
        return _("{floats:,} floats for each {seconds:g} s · {rate} Hz").format(
            floats=floats, seconds=each.clip_seconds, rate=each.sample_rate
        )
    if each.name in FAMILIES:
        sizes = ", ".join(f"{one.latent_floats_5s:,}" for one in _sizes(each.kind))
        return _("{sizes} floats for 5 s · one network").format(sizes=sizes)
    words = _("{floats:,} floats for 5 s · {kbit:.0f} kbit/s").format(floats=floats, kbit=rate * 16 / 1000)
    if each.kind == "klt":
        return words + " · " + _("linear, fitted in seconds")
    return words + (" · " + _("edited") if edited else "")


def split_words(songs: Sequence[TrainSong], seed: int) -> str:
    """How the songs fall into learning, checking and testing."""
    if not songs:
        return _("No song here yet: drop songs on the window first.")
    split = split_of(songs, seed)
    if split.within_song:
        return _("One song: its first four fifths to learn from, its last fifth to check with.")
    parts = [
        ngettext("{n} song to learn from", "{n} songs to learn from", len(split.train)).format(n=len(split.train)),
        ngettext("{n} to check with", "{n} to check with", len(split.validation)).format(n=len(split.validation)),
    ]
    if split.test:
        parts.append(
            ngettext("{n} kept for the test", "{n} kept for the test", len(split.test)).format(n=len(split.test))
        )
    return ", ".join(parts) + "."


def split_of(songs: Sequence[TrainSong], seed: int) -> Split:
    return split_songs(
        [song.key for song in songs], seed=seed, groups={song.key: song.author for song in songs if song.author}
    )


def solved(design: ConvDesign, floats: int) -> ConvDesign:
    """The design for a wanted size. A table that cannot work as it stands gives its activation only."""
    usable = design if not design.problems() else replace(design, layers=())
    return usable.solve(floats)


def _sizes(kind: str) -> list[Preset]:
    return [each for each in presets() if each.kind == kind]


def _families(listed: Sequence[Preset]) -> list[Preset]:
    """The presets with each family in one piece, under the name of its kind."""
    single = [each for each in listed if each.kind not in FAMILIES]
    return [*(replace(_sizes(kind)[0], name=kind) for kind in FAMILIES), *single]


def _ordered(listed: Sequence[Preset]) -> list[Preset]:
    """The networks first, from the largest latent to the smallest, then the other kinds."""
    kinds = ["conv", "klt", *dict.fromkeys(each.kind for each in listed)]
    return sorted(listed, key=lambda each: (kinds.index(each.kind), -each.latent_floats_5s))
