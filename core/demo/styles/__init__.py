"""The ten styles, one file each, named like the genres of GTZAN."""

from core.demo.style import Style
from core.demo.styles import blues, classical, country, disco, hiphop, jazz, metal, pop, reggae, rock

SONGBOOK: dict[str, Style] = {
    module.STYLE.name: module.STYLE
    for module in (blues, classical, country, disco, hiphop, jazz, metal, pop, reggae, rock)
}
