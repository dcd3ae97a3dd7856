"""What the Train panel remembers from start to start: its choices, and how fast this computer trains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from musicae_gui.controllers.train_estimate import clip_work

if TYPE_CHECKING:
    from core.models.design import Design
    from core.session import SessionState
    from core.training.config import TrainConfig
    from musicae_gui.controllers.train_setup import TrainSetup

PANEL = "train"


class TrainMemory:
    """The panel's part of the session."""

    def __init__(self, state: SessionState) -> None:
        self._state = state

    @property
    def values(self) -> dict[str, Any]:
        return self._state.panels.get(PANEL, {})

    def keep(self, setup: TrainSetup) -> None:
        self._state.panels[PANEL] = {**self.values, **setup.to_dict()}

    def speed(self, kind: str, device: str) -> float:
        """Multiplications a second of the last run of a network of that kind on `device`; 0 when there was none."""
        speeds = self.values.get("speeds")
        value = speeds.get(f"{kind} {device}", 0.0) if isinstance(speeds, dict) else 0.0
        return float(value) if isinstance(value, int | float) and value > 0 else 0.0

    def measured(self, config: TrainConfig, design: Design, clips_per_second: float) -> None:
        """Note how fast a run of this network was."""
        speeds = self.values.get("speeds")
        known = speeds if isinstance(speeds, dict) else {}
        speed = clips_per_second * clip_work(design, config)
        self._state.panels[PANEL] = {**self.values, "speeds": {**known, f"{design.kind} {config.device}": speed}}
