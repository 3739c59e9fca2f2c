"""The renderer hides what is behind, lights what faces the light, and writes PNG files."""

from __future__ import annotations

import struct
import zlib

import numpy as np

from hardware.render import Solid, View, picture, png, png_source

VIEW = View(0, 0, 40, 40, 2.0, (0, 0, 0))  # from behind, level: x to the right, z up


def square(y: float, half: float, colour: tuple[int, int, int]) -> Solid:
    """A square across the view at depth y; it faces the camera, which stands at negative y."""
    a, b, c, d = ((-half, y, -half), (half, y, -half), (half, y, half), (-half, y, half))
    return Solid(np.array([(a, b, c), (a, c, d)], dtype=float), colour)


def test_the_nearer_solid_hides_the_farther_in_any_order() -> None:
    near, far = square(-5, 3, (200, 0, 0)), square(5, 8, (0, 0, 200))
    for solids in ([near, far], [far, near]):
        image = picture(solids, VIEW)
        assert image[20, 20, 0] > 60 and image[20, 20, 2] == 0
        assert image[20, 32, 2] > 60 and image[20, 32, 0] == 0
        assert (image[2, 2] == 255).all()


def test_what_faces_away_is_not_drawn() -> None:
    turned = square(0, 5, (200, 0, 0))
    turned = Solid(turned.triangles[:, ::-1], turned.colour)
    assert (picture([turned], VIEW) == 255).all()


def test_outlines_are_darker_than_faces() -> None:
    image = picture([square(0, 5, (200, 200, 200))], VIEW)
    row = image[20, :, 0].astype(int)
    assert row[9:12].min() < row[20] - 30


def test_a_png_holds_its_pixels_and_its_source() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    data = png(pixels, "abc")
    assert png_source(data) == "abc"
    width, height = struct.unpack(">II", data[16:24])
    assert (width, height) == (7, 5)
    at = data.index(b"IDAT")
    (length,) = struct.unpack(">I", data[at - 4 : at])
    rows = np.frombuffer(zlib.decompress(data[at + 4 : at + 4 + length]), np.uint8).reshape(5, -1)
    assert (rows[:, 0] == 2).all()  # each row less the row above
    assert (np.cumsum(rows[:, 1:].astype(int), axis=0) % 256 == pixels.reshape(5, -1)).all()
