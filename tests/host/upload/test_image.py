"""What may be written, and how far."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixprop.errors import FixpropError
from fixprop.intel_hex import intel_hex
from fixprop.upload.boot_loaders import OLD_NANO, OPTIBOOT
from fixprop.upload.image import read_image


def image_of(tmp_path: Path, size: int) -> Path:
    path = tmp_path / "sketch.hex"
    path.write_text(intel_hex(bytes(size)))
    return path


def test_an_image_up_to_the_boot_loader_fits(tmp_path: Path) -> None:
    image = read_image(image_of(tmp_path, 0x7E00))
    image.check_fits(OPTIBOOT)
    assert (image.byte_count, image.end) == (32_256, 0x7E00)


@pytest.mark.parametrize(("boot_loader", "over"), [(OPTIBOOT, 1), (OLD_NANO, 1537)])
def test_one_that_reaches_it_is_refused_by_so_many_bytes(
    tmp_path: Path, boot_loader: object, over: int
) -> None:
    image = read_image(image_of(tmp_path, 0x7E01))
    assert boot_loader in (OPTIBOOT, OLD_NANO)
    with pytest.raises(FixpropError, match=f"reaches 0x7e00: {over:,} bytes too many"):
        image.check_fits(OPTIBOOT if boot_loader is OPTIBOOT else OLD_NANO)


def test_an_empty_file_and_one_that_begins_late_are_no_sketches(tmp_path: Path) -> None:
    with pytest.raises(FixpropError, match="has no bytes"):
        read_image(image_of(tmp_path, 0))
    late = tmp_path / "boot.hex"
    late.write_text(":017E0000AAD7\n:00000001FF\n")
    with pytest.raises(FixpropError, match="begins at 0x7e00"):
        read_image(late)
