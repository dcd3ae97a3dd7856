"""The learning rate that suits a network, where the user names none."""

from __future__ import annotations

from core.models.design import Design
from core.models.presets import presets

# Lowest validation loss of 0.0007, 0.002, 0.005 and 0.015 after 4 epochs on the ten demo songs; at none of them
# did a preset collapse, since they start as filter banks.
_RATES = {"conv-55112": 0.01, "conv-32151": 0.005, "conv-24496": 0.005, "conv-18376": 0.005, "conv-9184": 0.005}
# Keras's own for Adam, which the second report trained with; and what `vae` learned best with in a first minute.
_RATES_OF_KINDS = {"resnet-vae": 0.001, "vae": 0.001, "studio": 0.001}
# A network that was trained before is moved on without losing what it knows. The shipped studio, moved on with one song
# and with three others, was better after the first 20 and 12 steps (validation 1.960 to 1.949 and 1.486 to 1.476); at
# 0.3 it was worse at once (1.977 and 1.521), and still after 160 steps.
FURTHER = 0.03
# An edited design may have many layers or start near silence.
EDITED_RATE = 0.002


def learning_rate_for(design: Design, *, trained: bool = False) -> float:
    """Adam's step for `design`: that of the preset which it equals or of its kind, else a careful one.

    Args:
        trained: the weights to begin with were trained before.
    """
    values = design.to_dict()
    names = [each.name for each in presets() if each.config == values]
    rate = _RATES_OF_KINDS.get(design.kind, EDITED_RATE)
    found = _RATES.get(names[0], rate) if names else rate
    return FURTHER * found if trained else found
