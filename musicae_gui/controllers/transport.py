"""Joins the transport bar to the player: what is shown of it, and what its controls do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

from core.i18n import _

if TYPE_CHECKING:
    from core.playback import Source
    from musicae_gui.services import Services
    from musicae_gui.tasks import TaskContext

STEP = 5.0  # seconds that the arrows move
BLOCK_SECONDS = 10.0  # rendered in one go when saving
DEFAULT_DEVICE = ""


@dataclass(frozen=True)
class TransportState:
    """Everything that the bar shows besides the position."""

    playing: bool
    loaded: bool
    title: str
    seconds: float  # length
    loop: bool
    side: int
    sides: int
    available: bool
    status: str  # why there is no sound, else empty
    latency_ms: int


class TransportView(Protocol):
    def show_state(self, state: TransportState) -> None: ...
    def show_position(self, seconds: float) -> None: ...
    def show_devices(self, devices: Sequence[tuple[str, str]], current: str) -> None: ...
    def show_level(self, level: float) -> None: ...


class TransportController(QObject):
    """One a window. `nothing_loaded` is called when play is pressed while the player has no source."""

    def __init__(
        self,
        view: TransportView,
        services: Services,
        nothing_loaded: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._services = services
        self._player = services.player
        self._nothing_loaded = nothing_loaded
        player, preferences = services.player, services.preferences
        player.state_changed.connect(self._show)
        player.side_changed.connect(self._show)
        player.position.connect(self._show_position)
        player.devices_changed.connect(self._show_devices)
        preferences.changed.connect(self._preference_changed)
        player.loop = services.session.state.loop
        player.state_changed.connect(self._keep_loop)
        player.level = preferences.values.level
        view.show_level(player.level)
        self._show_devices()
        self._show()

    # -- commands ----------------------------------------------------------------------------------------------------

    def play_or_stop(self) -> None:
        if self._player.source is None:
            self._nothing_loaded()
        else:
            self._player.toggle()

    def toggle_loop(self) -> None:
        self._player.loop = not self._player.loop

    def toggle_side(self) -> None:
        self._player.toggle_side()

    def seek(self, seconds: float) -> None:
        self._player.seek(max(0.0, min(seconds, self._player.duration)))

    def step(self, direction: int) -> None:
        """Five seconds on (1) or back (-1)."""
        if self._player.source is not None:
            self.seek(self._player.seconds + direction * STEP)

    def to_start(self) -> None:
        if self._player.source is not None:
            self.seek(0.0)

    def to_end(self) -> None:
        if self._player.source is not None:
            self.seek(self._player.duration)

    def set_level(self, level: float) -> None:
        self._player.level = level
        self._services.preferences.set("level", self._player.level)

    def choose_device(self, device: str) -> None:
        self._services.preferences.set("device", device)

    def refresh_devices(self) -> None:
        self._player.refresh()

    @property
    def can_save(self) -> bool:
        return self._player.source is not None

    def suggested_name(self) -> str:
        """A file name for what is loaded, without what file systems refuse."""
        title = "".join(sign if sign.isalnum() or sign in " -_.,()" else "-" for sign in self._player.title)
        return (title.strip(" .")[:80] or "musicae") + ".wav"

    def save(self, path: Path) -> None:
        """Render what is loaded into a WAV file, in the background."""
        source = self._player.source
        if source is None:
            return
        subtype = self._services.preferences.values.wav_format

        def done(_nothing: None) -> None:
            self._services.notify(_("Saved as {path}.").format(path=path), "good")

        self._services.tasks.run(
            lambda context: save_source(source, path, subtype, context),
            done=done,
            title=_("Saving {name}").format(name=path.name),
        )

    # -- what is shown -----------------------------------------------------------------------------------------------

    def _show(self, *_facts: object) -> None:
        player = self._player
        self._view.show_state(
            TransportState(
                playing=player.playing,
                loaded=player.source is not None,
                title=player.title,
                seconds=player.duration,
                loop=player.loop,
                side=player.side,
                sides=player.sides,
                available=player.available,
                status="" if player.available or player.looking else player.status,
                latency_ms=round(1000 * player.latency),
            )
        )
        self._view.show_position(player.seconds)

    def _show_position(self, seconds: float) -> None:
        self._view.show_position(seconds)

    def _show_devices(self) -> None:
        known = [(device.id, device.name) for device in self._player.devices()]
        chosen = self._services.preferences.values.device
        devices = [(DEFAULT_DEVICE, _("System default")), *known]
        if chosen and chosen not in [device for device, _name in known]:
            devices.append((chosen, _("{device} (absent)").format(device=chosen)))
        self._view.show_devices(devices, chosen)

    def _keep_loop(self) -> None:
        """Whoever turned it on or off: panels have a switch of their own, too."""
        self._services.session.state.loop = self._player.loop

    def _preference_changed(self, name: str, value: object) -> None:
        if name == "device":
            self._player.choose(str(value))
            self._show_devices()
        elif name == "level" and isinstance(value, float) and value != self._player.level:
            self._player.level = value
            self._view.show_level(value)


def save_source(source: Source, path: Path, subtype: str, context: TaskContext) -> None:
    """Read `source` block by block and write it; both channels where they differ, one where they are equal.

    Raises:
        AudioFileError: the file cannot be written.
        Cancelled: the user changed their mind.
    """
    import numpy as np  # here: the bar is painted before it

    from core.audio import Clip, write_wav

    step = round(BLOCK_SECONDS * source.rate)
    samples = np.zeros((2, source.frames), np.float32)
    for start in range(0, source.frames, step):
        context.check()
        count = min(step, source.frames - start)
        samples[:, start : start + count] = source.read(start, count).T
        context.progress(0.9 * (start + count) / source.frames)
    if np.array_equal(samples[0], samples[1]):
        samples = samples[:1]
    write_wav(path, Clip(np.ascontiguousarray(samples), source.rate), subtype=subtype)  # type: ignore[arg-type]
