"""The pieces of the packaged program that can be held without building it: contents, licences, packages, entries."""

from __future__ import annotations

import configparser
import json
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from email.parser import HeaderParser
from importlib import metadata
from pathlib import Path
from xml.etree import ElementTree

import pytest
import soundfile
from PySide6.QtGui import QImage

from bundle import contents, deb, desktop, gpl, icons, icu, licences, modules, trial
from bundle.__main__ import system_packages, torch_refusal
from core.audio import AUDIO_SUFFIXES
from core.models.presets import SUFFIX

SITE = Path(soundfile.__file__).parent
NAMESPACE = "{http://www.freedesktop.org/standards/shared-mime-info}"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A folder laid out as the bundle is: two programs, a native library of a real package, its metadata."""
    folder = tmp_path / "musicae"
    (folder / "_internal" / "numpy").mkdir(parents=True)
    for program in deb.PROGRAMS:
        (folder / program).write_text("#!/bin/sh\necho here\n")
        (folder / program).chmod(0o700)
    native = next((SITE / "numpy").rglob("*.so"), None)
    if native is not None:
        shutil.copy(native, folder / "_internal" / "numpy")
    for name in ("PySide6_Essentials", "numpy", "soxr"):
        _describe(folder, name, metadata.distribution(name).read_text("METADATA") or "")
    return folder


def _describe(bundle: Path, name: str, text: str) -> None:
    folder = bundle / "_internal" / f"{name}.dist-info"
    folder.mkdir(exist_ok=True)
    (folder / "METADATA").write_text(text, encoding="utf-8")


# -- no part under the GPL ---------------------------------------------------------------------------------------------


def test_libraries_as_they_are_hold_no_gpl_part(bundle: Path) -> None:
    assert gpl.gpl_parts(bundle) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("libx264-d6533a8d.so.165", b"\x7fELF"),
        ("libx265.so.216", b"\x7fELF"),
        ("libreadline.so.8", b"\x7fELF"),
        ("readline.cpython-311-x86_64-linux-gnu.so", b"\x7fELF"),
        ("avcodec-62.dll", b"MZ --enable-gpl --enable-version3"),
        ("innocent.so.1.2", b"\x7fELF\x00x264 - core 165\x00"),
        ("another.dylib", b"\x00license: GPL version 3 or later\x00"),
    ],
)
def test_a_planted_gpl_library_is_found(bundle: Path, name: str, content: bytes) -> None:
    (bundle / "_internal" / "deep").mkdir()
    (bundle / "_internal" / "deep" / name).write_bytes(content)
    (complaint,) = gpl.gpl_parts(bundle)
    assert f"deep/{name}" in complaint


def test_the_lgpl_is_not_taken_for_the_gpl(bundle: Path) -> None:
    (bundle / "_internal" / "libsndfile.so").write_bytes(
        b"\x00GNU Lesser General Public License\x00LGPL version 2.1\x00"
    )
    assert gpl.gpl_parts(bundle) == []


def test_a_distribution_under_the_gpl_is_found(bundle: Path) -> None:
    _describe(
        bundle, "planted-1.0", "Metadata-Version: 2.4\nName: planted\nVersion: 1.0\nLicense-Expression: GPL-3.0-only\n"
    )
    assert gpl.gpl_parts(bundle) == ["planted 1.0 is under GPL-3.0-only."]


@pytest.mark.parametrize(
    ("licence", "bound"),
    [
        ("MIT", False),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", False),
        ("GPL-3.0-or-later", True),
        ("MIT AND GPL-2.0-only", True),
        ("AGPL-3.0-only", True),
        ("GNU General Public License v2 (GPLv2)", True),
        ("GNU Lesser General Public License v2 or later (LGPLv2+)", False),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", False),
        ("GPL-3.0-with-GCC-exception", False),
        ("GPLv2-or-later with a special exception which allows to distribute non-free programs", False),
        ("GPL-2.0-only AND GPL-3.0-or-later WITH GCC-exception-3.1", True),
    ],
)
def test_what_a_licence_leaves_as_a_choice(licence: str, bound: bool) -> None:
    assert gpl.is_gpl(licence) is bound


def test_pyav_would_be_found_in_a_bundle(tmp_path: Path) -> None:
    libraries = SITE / "av.libs"
    if not libraries.is_dir():
        pytest.skip("PyAV is not installed")
    library = next(path for path in libraries.iterdir() if path.name.startswith("libavcodec"))
    (tmp_path / library.name).symlink_to(library)
    shutil.copy(library, tmp_path / "renamed.so")
    assert len(gpl.gpl_parts(tmp_path)) == 1
    assert "av" in contents.EXCLUDED_MODULES


# -- what belongs into the bundle --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("torch/lib/libtorch_cpu.so", True),
        ("torch/bin/torch_shm_manager", True),
        ("torch/bin/FileStoreTest", False),
        ("torch/_inductor/ir.py", False),  # its code goes along
        ("torch/nn/functional.py", True),  # overloads, which torch reads
        ("torch/_dynamo/config.py", True),
        ("torch/include/ATen/ATen.h", False),
        ("sklearn/tests/test_base.py", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqwayland.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/Qt/translations/qtbase_es.qm", True),
        ("PySide6/Qt/translations/qtbase_fr.qm", False),
        ("PySide6\\translations\\qt_help_de.qm", False),
    ],
)
def test_what_is_left_out(place: str, wanted: bool) -> None:
    assert contents.belongs(place, str(SITE / place)) is wanted


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has such libraries")
def test_the_systems_sound_and_screen_stay_with_the_system() -> None:
    for name in ("libasound.so.2", "libportaudio.so.2", "libxcb-cursor.so.0", "libstdc++.so.6", "libnobodyknows.so.1"):
        assert not contents.belongs(name, f"/usr/lib/x86_64-linux-gnu/{name}")
    assert contents.belongs("libffi.so.8", "/usr/lib/x86_64-linux-gnu/libffi.so.8")


def test_libraries_modules_become_files_that_python_finds_and_takes_as_they_are(tmp_path: Path) -> None:
    # One module without its source, one whose source goes along and is newer than the code.
    entries = [
        ("soxr", str(SITE / "soxr" / "__init__.py"), "PYMODULE"),
        ("soxr._version", str(SITE / "soxr" / "_version.py"), "PYMODULE"),
        ("json", json.__file__, "PYMODULE"),
        ("core", str(contents.ROOT / "core" / "__init__.py"), "PYMODULE"),
    ]
    stay, files = modules.apart(entries, ["soxr/_version.py"], tmp_path / "_internal")
    assert [name for name, _source, _kind in stay] == ["json", "core"]
    assert {place.partition(".")[0] for place, _file, _kind in files} == {"soxr/__init__", "soxr/__pycache__/_version"}
    (tmp_path / "_internal" / "soxr" / "_version.py").write_text("raise ImportError('the source was compiled')")
    (tmp_path / "_internal" / "soxr" / "__init__.pyc").unlink()
    script = "import soxr._version; print(soxr._version.__version__)"
    ran = subprocess.run(
        [sys.executable, "-S", "-c", script],
        env={"PYTHONPATH": str(tmp_path / "_internal")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == metadata.version("soxr")


QT_LIBRARIES = SITE / "PySide6" / "Qt" / "lib"
SORTED_BY_ICU = """
import ctypes, sys
from pathlib import Path
libraries = [next(Path.cwd().glob(f"lib{name}.so.*")) for name in ("icudata", "icuuc", "icui18n")]
library = [ctypes.CDLL(str(each), ctypes.RTLD_GLOBAL) for each in libraries][-1]
version, wrong = libraries[-1].name.rpartition(".")[2], ctypes.c_int(0)
call = lambda name, *given: getattr(library, f"{name}_{version}")(*given)
getattr(library, f"ucol_open_{version}").restype = ctypes.c_void_p
collator = ctypes.c_void_p(call("ucol_open", sys.argv[1].encode(), ctypes.byref(wrong)))
text = lambda word: (word.encode("utf-16-le"), len(word))
pairs = (("nz", "ñ"), ("ñ", "o"), ("a", "B"))
print(wrong.value, [call("ucol_strcoll", collator, *text(a), *text(b)) for a, b in pairs])
"""


@pytest.mark.skipif(not list(QT_LIBRARIES.glob("libicudata.so.*")), reason="Qt brings no ICU here")
@pytest.mark.parametrize(("language", "order"), [("es", [-1, -1, -1]), ("en", [1, -1, -1]), ("xx", [1, -1, -1])])
def test_icu_sorts_with_what_is_left_of_its_data(tmp_path: Path, language: str, order: list[int]) -> None:
    for file in QT_LIBRARIES.glob("libicu*.so.*"):
        shutil.copy(file, tmp_path)
    (data,) = tmp_path.glob("libicudata.so.*")
    assert icu.blank(data, list(QT_LIBRARIES.glob("libQt6*.so.*"))) > 10_000_000
    command = [sys.executable, "-S", "-c", SORTED_BY_ICU, language]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.split(" ", 1)[1].strip() == str(order)


def test_icus_data_stay_whole_for_a_library_that_reads_them(tmp_path: Path) -> None:
    data, reader = tmp_path / "libicudata.so.99", tmp_path / "libQt6Core.so.6"
    data.write_bytes(b"data")
    reader.write_bytes(b"\x7fELF\x00ubrk_open_99\x00")
    with pytest.raises(icu.IcuError, match=r"libQt6Core\.so\.6 calls ubrk_"):
        icu.blank(data, [reader])
    with pytest.raises(icu.IcuError, match="no data of ICU"):
        icu.blank(data, [])


# -- licences ----------------------------------------------------------------------------------------------------------


def test_every_library_in_use_brings_its_licence(tmp_path: Path) -> None:
    names = ["torch", "PySide6_Essentials", "numpy", "soxr", "safetensors", "soundfile", "sounddevice"]
    sources = [str(each) for name in names for each in _files(name) if each.suffix in (".py", ".so")]
    pairs = licences.collect(sources, tmp_path / "texts")
    places = {f"{folder}/{Path(text).name}" for text, folder in pairs}
    versions = {name: metadata.version(name) for name in names}
    qt = f"licences/PySide6_Essentials-{versions['PySide6_Essentials']}"
    assert {f"{qt}/LGPL-3.0.txt", f"{qt}/GPL-3.0.txt", f"licences/soxr-{versions['soxr']}/COPYING.LGPL"} <= places
    assert f"licences/soundfile-{versions['soundfile']}/COPYING" in places  # of libsndfile
    assert "licences/Musicae.txt" in places
    for name in names:
        assert any(place.startswith(f"licences/{name}-{versions[name]}/") for place in places), name
    assert sum(place.endswith(".dist-info/METADATA") for place in places) == len(names)


def test_a_library_without_a_licence_text_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "OWN_TEXTS", {})
    sources = [str(path) for path in _files("PySide6_Essentials")]
    with pytest.raises(licences.LicenceMissingError, match="PySide6_Essentials"):
        licences.collect(sources, tmp_path / "texts")


def _files(name: str) -> Iterator[Path]:
    distribution = metadata.distribution(name)
    for file in distribution.files or []:
        yield Path(str(distribution.locate_file(file)))


# -- the Debian package ------------------------------------------------------------------------------------------------


def test_the_control_file_says_what_a_bare_system_needs() -> None:
    groups = system_packages()
    fields = HeaderParser().parsestr(
        deb.control(5_000_000, ["libc6 (>= 2.36)", *(" | ".join(each) for each in groups)])
    )
    assert fields["Package"] == "musicae"
    assert fields["Architecture"] in ("amd64", "arm64")
    assert fields["Installed-Size"] == "4883"
    needs = fields["Depends"].split(", ")
    assert {"libc6 (>= 2.36)", "libportaudio2", "libxcb-cursor0", "libglib2.0-0t64 | libglib2.0-0"} <= set(needs)
    assert "ffmpeg" in fields["Suggests"]
    assert all(line.startswith(" ") for line in fields["Description"].splitlines()[1:])


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg-deb here")
def test_the_package_holds_programs_entry_icon_and_type(bundle: Path, tmp_path: Path) -> None:
    tree, package = tmp_path / "tree", tmp_path / "musicae.deb"
    deb.make_tree(bundle, tree, groups=system_packages())
    deb.build(tree, package)
    listing = subprocess.run(["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True).stdout
    lines = {line.split(" ./", 1)[1]: line for line in listing.splitlines() if " ./" in line}
    for place in (
        "usr/lib/musicae/musicae-gui",
        "usr/share/applications/musicae.desktop",
        "usr/share/mime/packages/musicae.xml",
        "usr/share/icons/hicolor/scalable/apps/musicae.svg",
        "usr/share/icons/hicolor/128x128/apps/musicae.png",
        "usr/share/doc/musicae/copyright",
    ):
        assert "root/root" in lines[place]
    assert lines["usr/lib/musicae/musicae-gui"].startswith("-rwxr-xr-x")
    assert "usr/bin/musicae -> ../lib/musicae/musicae" in lines
    fields = subprocess.run(["dpkg-deb", "--field", package], capture_output=True, text=True, check=True).stdout
    assert "libc6 (>= 2." in fields
    sums = (tree / "DEBIAN" / "md5sums").read_text()
    checked = subprocess.run(["md5sum", "--check", "--quiet"], input=sums, cwd=tree, text=True, check=False)
    assert checked.returncode == 0
    assert stat.S_IMODE((tree / "usr").stat().st_mode) == 0o755


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has such versions")
def test_the_c_librarys_version_is_read_from_the_libraries(bundle: Path) -> None:
    (bundle / "_internal" / "made.so").write_bytes(b"\x7fELF\x00GLIBC_2.3.4\x00GLIBC_2.99\x00GLIBC_PRIVATE\x00")
    assert deb.needed_glibc(bundle) == "2.99"
    (bundle / "_internal" / "made.so").unlink()
    major, minor = deb.needed_glibc(bundle).split(".")
    assert (int(major), int(minor)) >= (2, 17)


# -- the desktop -------------------------------------------------------------------------------------------------------


def test_the_desktop_entry_opens_songs_and_models(tmp_path: Path) -> None:
    text = desktop.desktop_entry("/usr/bin/musicae-gui")
    entry = configparser.RawConfigParser()
    entry.optionxform = str  # type: ignore[assignment,method-assign]  # keys keep their capitals
    entry.read_string(text)
    fields = entry["Desktop Entry"]
    assert fields["Type"] == "Application"
    assert fields["Icon"] == "musicae"
    types = fields["MimeType"].rstrip(";").split(";")
    assert {"audio/flac", "audio/mpeg", "audio/x-wav", desktop.MODEL_TYPE} <= set(types)
    files = [Path("/a song.wav"), Path("/b.musicae")]
    assert trial.command_of(text, files) == ["/usr/bin/musicae-gui", "/a song.wav", "/b.musicae"]
    if shutil.which("desktop-file-validate"):
        (tmp_path / "musicae.desktop").write_text(text, encoding="utf-8")
        subprocess.run(["desktop-file-validate", tmp_path / "musicae.desktop"], check=True)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for the program is a shell script")
@pytest.mark.parametrize(
    ("failed", "lives", "passes"),
    [
        ([["starvation"], []], 2, True),
        ([["starvation"], ["starvation"], ["starvation"]], 3, False),
        ([["train", "starvation"]], 1, False),
    ],
    ids=["a gap that does not come again", "a gap every time", "a step that fails"],
)
def test_only_an_interrupted_sound_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failed: list[list[str]], lives: int, passes: bool
) -> None:
    monkeypatch.setattr("os.getloadavg", lambda: (1.0, 1.0, 1.0))
    folder = tmp_path / "bundle"
    folder.mkdir()
    for number, names in enumerate(failed):
        steps = [{"name": name, "state": "failed"} for name in names]
        (folder / f"{number}.json").write_text(json.dumps({"steps": [{"name": "start", "state": "passed"}, *steps]}))
    script = f"""#!/bin/sh
cd {folder}
number=$(ls -d lived* 2>/dev/null | wc -l)
touch lived$number
cp $number.json "$2/report.json"
! grep -q failed $number.json
"""
    (folder / "musicae-gui").write_text(script)
    (folder / "musicae-gui").chmod(0o755)
    caught: trial.TrialError | None = None
    try:
        trial.run_self_test(folder, tmp_path / "evidence", {"PATH": "/usr/bin:/bin"})
    except trial.TrialError as error:
        caught = error
    assert (caught is None) == passes
    assert len(list(folder.glob("lived*"))) == lives


def test_the_type_of_models_is_described() -> None:
    (described,) = ElementTree.fromstring(desktop.mime_types().encode()).findall(f"{NAMESPACE}mime-type")
    assert described.get("type") == desktop.MODEL_TYPE
    (pattern,) = described.findall(f"{NAMESPACE}glob")
    assert pattern.get("pattern") == f"*{SUFFIX}"
    assert SUFFIX not in AUDIO_SUFFIXES


def test_the_sign_is_drawn_for_windows_and_macos() -> None:
    for content, largest in ((icons.ico(), 256), (icons.icns(), 1024)):
        image = QImage.fromData(content)
        assert not image.isNull()
        assert image.width() <= largest
    assert QImage.fromData(icons.png(48)).pixelColor(24, 24).alpha() == 255


def test_a_cpu_build_of_torch_is_not_taken_for_a_cuda_one() -> None:
    version = Path(str(metadata.distribution("torch").locate_file("torch/version.py"))).read_text()
    cuda = "cuda: Optional[str] = None" not in version
    assert "CUDA" in torch_refusal(cuda=not cuda)
    assert torch_refusal(cuda=cuda) == ""
