"""Pictures of solids: an orthographic z-buffer, its edges drawn, and a PNG writer. No display needed.

OpenSCAD's own pictures need an OpenGL context; these are the same on every machine.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

_LIGHTS = (((-0.45, -0.55, 0.75), 0.62), ((0.8, -0.3, 0.25), 0.22))  # towards the light, strength
_AMBIENT = 0.34
_OVERSAMPLING = 3
_PAPER = 255.0
_CREASE = 0.85  # neighbouring pixels whose normals' cosine is below it have an edge between them


@dataclass(frozen=True)
class Solid:
    """Triangles of one colour; triangles: (n, 3 corners, 3), millimetres."""

    triangles: Floats
    colour: tuple[int, int, int]


@dataclass(frozen=True)
class View:
    """A camera far away. Azimuth 0 looks ahead from behind, 90 from the right, 180 at the lenses."""

    azimuth_deg: float
    elevation_deg: float
    width: int
    height: int
    pixels_per_mm: float
    centre_mm: tuple[float, float, float]

    def axes(self) -> Floats:
        """Rows: picture's right, picture's up, towards the camera."""
        a, e = np.radians(self.azimuth_deg), np.radians(self.elevation_deg)
        right = (np.cos(a), np.sin(a), 0.0)
        up = (-np.sin(a) * np.sin(e), np.cos(a) * np.sin(e), np.cos(e))
        back = (np.sin(a) * np.cos(e), -np.cos(a) * np.cos(e), np.sin(e))
        return np.array([right, up, back])


@dataclass
class _Buffers:
    depth: Floats
    normal: Floats
    colour: Floats
    solid: NDArray[np.int64]


def _normals(triangles: Floats) -> Floats:
    cross = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    return np.asarray(cross / np.maximum(np.linalg.norm(cross, axis=1), 1e-12)[:, None])


def _fill(buffers: _Buffers, corners: Floats, normal: Floats, colour: Floats, solid: int) -> None:
    """One triangle; corners: (3, x y depth), in pixels."""
    height, width = buffers.depth.shape
    x0, y0 = np.maximum(np.floor(corners[:, :2].min(axis=0)).astype(int), 0)
    x1, y1 = np.minimum(np.ceil(corners[:, :2].max(axis=0)).astype(int) + 1, (width, height))
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = corners
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    if x0 >= x1 or y0 >= y1 or abs(area) < 1e-9:
        return
    x, y = np.meshgrid(np.arange(x0, x1) + 0.5, np.arange(y0, y1) + 0.5)
    b = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
    c = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
    depth = az + b * (bz - az) + c * (cz - az)
    window = np.s_[y0:y1, x0:x1]
    nearer = (b >= 0) & (c >= 0) & (b + c <= 1) & (depth > buffers.depth[window])
    buffers.depth[window][nearer] = depth[nearer]
    buffers.normal[window][nearer] = normal
    buffers.colour[window][nearer] = colour
    buffers.solid[window][nearer] = solid


def _edges(buffers: _Buffers) -> Floats:
    """Darkness of each pixel (0 to 1): where depth, direction or part changes to a neighbour."""
    dark = np.zeros(buffers.depth.shape)
    for axis in (0, 1):
        a, b = np.s_[:-1], np.s_[1:]
        first = (a, slice(None)) if axis == 0 else (slice(None), a)
        second = (b, slice(None)) if axis == 0 else (slice(None), b)
        cosine = (buffers.normal[first] * buffers.normal[second]).sum(axis=-1)
        with np.errstate(invalid="ignore"):
            step = np.abs(buffers.depth[first] - buffers.depth[second])
        other = buffers.solid[first] != buffers.solid[second]
        crease = (cosine < _CREASE) & (buffers.solid[first] >= 0) & ~other
        edge = np.maximum(0.45 * crease, 1.0 * (other | (step > 2.0)))
        dark[first] = np.maximum(dark[first], edge)
        dark[second] = np.maximum(dark[second], edge)
    return dark


def _shade(normal: Floats) -> float:
    light = _AMBIENT
    for direction, strength in _LIGHTS:
        towards = np.array(direction) / np.linalg.norm(direction)
        light += strength * max(0.0, float(normal @ towards))
    return min(light, 1.08)


def picture(solids: list[Solid], view: View) -> Bytes:
    """The solids as (height, width, 3) bytes; lights stand fixed to the camera's azimuth."""
    axes, scale = view.axes(), view.pixels_per_mm * _OVERSAMPLING
    shape = view.height * _OVERSAMPLING, view.width * _OVERSAMPLING
    buffers = _Buffers(
        np.full(shape, -np.inf),
        np.zeros((*shape, 3)),
        np.full((*shape, 3), _PAPER),
        np.full(shape, -1),
    )
    turn = np.radians(view.azimuth_deg)
    spin = np.array([[np.cos(turn), np.sin(turn), 0], [-np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    for number, solid in enumerate(solids):
        seen = (solid.triangles - np.array(view.centre_mm)) @ axes.T
        pixels = np.stack(
            [
                shape[1] / 2 + scale * seen[..., 0],
                shape[0] / 2 - scale * seen[..., 1],
                seen[..., 2],
            ],
            axis=-1,
        )
        for corners, normal in zip(pixels, _normals(solid.triangles), strict=True):
            if normal @ axes[2] <= 0:
                continue
            colour = np.minimum(np.array(solid.colour) * _shade(spin @ normal), 255)
            _fill(buffers, corners, normal, colour, number)
    fine = buffers.colour * (1 - 0.72 * _edges(buffers))[..., None]
    blocks = fine.reshape(view.height, _OVERSAMPLING, view.width, _OVERSAMPLING, 3)
    return np.asarray(np.rint(blocks.mean(axis=(1, 3))), dtype=np.uint8)


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(pixels: Bytes, source: str) -> bytes:
    """A PNG file with `source` in a text chunk of the keyword Source."""
    height, width, _ = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = pixels.reshape(height, -1).astype(np.int16)
    above = np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    filtered = np.hstack([np.full((height, 1), 2), (rows - above) % 256]).astype(np.uint8)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"tEXt", b"Source\0" + source.encode("latin-1"))
        + _chunk(b"IDAT", zlib.compress(filtered.tobytes(), 9))
        + _chunk(b"IEND", b"")
    )


def png_source(data: bytes) -> str:
    """What png() was told; an empty string if nothing."""
    at = 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"tEXt":
            keyword, _, text = data[at + 8 : at + 8 + length].partition(b"\0")
            if keyword == b"Source":
                return text.decode("latin-1")
        at += length + 12
    return ""
