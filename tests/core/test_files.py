from pathlib import Path

import pytest

from core.files import replacing, write_text_atomically


def test_a_failed_write_leaves_the_old_content_and_no_temporary_file(tmp_path: Path) -> None:
    target = tmp_path / "settings.json"
    write_text_atomically(target, "old")

    def write_until_the_disk_is_full() -> None:
        with replacing(target) as temporary:
            temporary.write_text("half of the ne")
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_until_the_disk_is_full()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_name_as_long_as_the_file_system_allows_can_be_written(tmp_path: Path) -> None:
    target = tmp_path / ("n" * 251 + ".txt")
    write_text_atomically(target, "new")
    assert target.read_text() == "new"
