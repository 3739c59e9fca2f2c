"""What is to be written: an Intel HEX file that must keep out of the boot loader."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from fixprop.errors import FixpropError
from fixprop.intel_hex import read_intel_hex
from fixprop.upload.boot_loaders import BootLoader


@dataclass(frozen=True)
class Image:
    """A program for the chip; `end` is the address after its last byte."""

    path: Path
    sha256: str
    byte_count: int
    end: int

    def check_fits(self, boot_loader: BootLoader) -> None:
        """Raise FixpropError if the image would overwrite `boot_loader`."""
        over = self.end - boot_loader.start
        if over > 0:
            raise FixpropError(
                f"{self.path} reaches 0x{self.end - 1:x}: {over:,} bytes too many, "
                f"as {boot_loader.name} begins at 0x{boot_loader.start:x}; nothing was written"
            )


def read_image(path: Path) -> Image:
    """The image in `path`; FixpropError if it is none, or does not begin where the chip begins."""
    content = read_intel_hex(path)
    if not content:
        raise FixpropError(f"{path} has no bytes in it: build the sketch anew")
    if min(content):
        raise FixpropError(
            f"{path} begins at 0x{min(content):x}: a sketch begins at 0; is it a boot loader?"
        )
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Image(path, sha256, len(content), max(content) + 1)
