"""Which reconstructions Compare shows, as the session remembers them: a key a row, and the size of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from core.models.families import Sizes, whole_model
from musicae_gui.controllers.compare_work import BITS

if TYPE_CHECKING:
    from core.session import SessionState

_COPY = "\t"  # between a model and the number of its second, third … row
_PANEL = "compare"


def model_of(key: str) -> str:
    """The model (a name or path for `load_codec`) of a row."""
    return key.partition(_COPY)[0]


class ShownRows:
    """The rows beside the original, in their order; a nested model may have several, each with its own size."""

    def __init__(self, state: SessionState) -> None:
        self._state = state

    @property
    def keys(self) -> list[str]:
        return list(self._state.compare_models)

    @property
    def models(self) -> list[str]:
        return list(dict.fromkeys(map(model_of, self.keys)))

    def begin(self, defaults: Iterable[str]) -> None:
        """Start with `defaults` unless the user has chosen; take what older versions remembered."""
        if not self._own.get("touched"):
            self._state.compare_models = list(dict.fromkeys(defaults))
        for key in self.keys:
            whole, channels = whole_model(key)
            if whole != key:
                self._state.compare_models.remove(key)
                if whole not in self.keys:
                    self._state.compare_models.append(whole)
                    self._part("sizes").setdefault(whole, channels)

    def show(self, model: str, order: Sequence[str]) -> None:
        """One row of `model`, where its place in `order` is."""
        if model not in self.models:
            self._change([*self.keys, model])
            rank = {name: place for place, name in enumerate(order)}
            self._change(sorted(self.keys, key=lambda key: rank.get(model_of(key), len(rank))))
        self._own["touched"] = True

    def hide(self, model: str) -> None:
        """No row of `model`."""
        self._keep(lambda key: model_of(key) != model)

    def remove(self, key: str) -> None:
        self._keep(lambda each: each != key)

    def add_again(self, key: str, channels: int, bits: int, *, refine: bool = False) -> str:
        """Another row of the same model, below that of `key`; returns its key."""
        number = 2
        while (fresh := f"{model_of(key)}{_COPY}{number}") in self.keys:
            number += 1
        keys = self.keys
        keys.insert(keys.index(key) + 1, fresh)
        self.set_size(fresh, channels, bits)
        self.set_refine(fresh, refine)
        self._change(keys)
        return fresh

    def size(self, key: str, sizes: Sizes | None) -> tuple[int | None, int]:
        """Channels and bits a float that the row had last, else all there is; channels are None without `sizes`."""
        bits = self._part("bits").get(key)
        channels = sizes.clamped(self._part("sizes").get(key)) if sizes is not None else None
        return channels, bits if bits in BITS else BITS[0]

    def set_size(self, key: str, channels: int, bits: int) -> None:
        self._part("sizes")[key], self._part("bits")[key] = channels, bits

    def refine(self, key: str) -> bool:
        """Whether the row's latent is to be refined."""
        return self._part("refine").get(key) is True

    def set_refine(self, key: str, on: bool) -> None:
        self._part("refine")[key] = on

    def _keep(self, wanted: Callable[[str], bool]) -> None:
        self._change([key for key in self.keys if wanted(key)])

    def _change(self, keys: list[str]) -> None:
        self._own["touched"] = True
        self._state.compare_models = keys

    @property
    def _own(self) -> dict[str, Any]:
        own: dict[str, Any] = self._state.panels.setdefault(_PANEL, {})
        return own

    def _part(self, name: str) -> dict[str, Any]:
        """What is remembered of each row by its key."""
        part = self._own.get(name)
        if not isinstance(part, dict):
            part = self._own[name] = {}
        return part
