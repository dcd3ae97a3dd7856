"""Which device the sound goes to, and the sentence about it."""

from __future__ import annotations

import logging

from core.errors import PlaybackError
from core.i18n import _
from core.playback.device import FALLBACK_RATE, Device, list_devices

log = logging.getLogger(__name__)


class Route:
    """The devices found last and the one in use. Only the feeder's thread looks; any thread may read.

    Attributes:
        chosen: id of the wanted device; the default one is used where that is None or not there.
        device: the device in use, None without sound.
        status: a sentence that says where the sound goes, or why there is none.
    """

    def __init__(self, chosen: str | None) -> None:
        self.chosen = chosen
        self.devices: list[Device] = []
        self.device: Device | None = None
        self.status = _("Looking for sound devices…")

    @property
    def rate(self) -> int:
        return self.device.rate if self.device is not None else FALLBACK_RATE

    def look(self, *, again: bool) -> None:
        """Find the devices and choose one; `again` makes PortAudio look anew (no stream may be open)."""
        try:
            devices = list_devices(again=again)
            status = _("There is no sound device; sound can still be saved as a WAV file.")
        except PlaybackError as error:
            devices, status = [], error.sentence
        except Exception as error:
            log.exception("listing sound devices")
            devices, status = [], _("The sound devices cannot be listed: {error}").format(error=error)
        wanted = [device for device in devices if device.id == self.chosen] or devices
        self.devices = devices
        self.device = wanted[0] if wanted else None
        self.status = status if self.device is None else _("Sound goes to {device}.").format(device=self.device.name)

    def give_up(self, sentence: str) -> None:
        """No sound until devices are looked for again."""
        self.device, self.status = None, sentence
