"""How a Linux desktop knows the program: its entry in the menu, what it opens, and the type of its own files."""

from __future__ import annotations

MODEL_TYPE = "application/x-musicae-model"
AUDIO_TYPES = (
    *("audio/aac", "audio/aiff", "audio/basic", "audio/flac", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/opus"),
    *("audio/vnd.wave", "audio/wav", "audio/x-aifc", "audio/x-aiff", "audio/x-caf", "audio/x-flac", "audio/x-m4a"),
    *("audio/x-mp3", "audio/x-ms-wma", "audio/x-opus+ogg", "audio/x-vorbis+ogg", "audio/x-wav"),
)


def desktop_entry(command: str) -> str:
    """The text of `musicae.desktop`; `command` is the absolute path of musicae-gui."""
    lines = {
        "Type": "Application",
        "Version": "1.5",
        "Name": "Musicae",
        "GenericName": "Music autoencoder studio",
        "GenericName[es]": "Estudio de autocodificadores de música",
        "Comment": "Hear what a neural network keeps of a song",
        "Comment[es]": "Escucha lo que una red neuronal conserva de una canción",
        "Exec": f"{command} %F",
        "TryExec": command,
        "Icon": "musicae",
        "Terminal": "false",
        "Categories": "AudioVideo;Audio;Education;Science;",
        "Keywords": "autoencoder;neural network;morph;latent;music;",
        "Keywords[es]": "autocodificador;red neuronal;mezcla;latente;música;",
        "MimeType": ";".join((*AUDIO_TYPES, MODEL_TYPE)) + ";",
        "StartupNotify": "true",
        "StartupWMClass": "musicae-gui",
        "SingleMainWindow": "true",
    }
    return "[Desktop Entry]\n" + "".join(f"{key}={value}\n" for key, value in lines.items())


def mime_types() -> str:
    """The description of `.musicae` files for the shared MIME database."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="{MODEL_TYPE}">
    <comment>Musicae model</comment>
    <comment xml:lang="es">Modelo de Musicae</comment>
    <icon name="musicae"/>
    <glob pattern="*.musicae"/>
  </mime-type>
</mime-info>
"""
