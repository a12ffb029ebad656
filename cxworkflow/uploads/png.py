"""Pictures in PNG: every chunk in its place, nothing after the last, and it really decodes."""

import struct
from io import BytesIO
from itertools import pairwise

from PIL import Image

from cxworkflow.uploads.kinds import Unfit

LONGEST_SIDE = 20_000  # pixels
MOST_PIXELS = 50_000_000
MOST_CHUNKS = 20_000
_DAMAGED = "This picture is damaged. Save it as PNG once more."


def check_png(content: bytes) -> None:
    """Raises Unfit unless it is one whole picture of a bounded size."""
    chunks = _chunks(content)
    names = [name for name, _ in chunks]
    if not chunks or chunks[0] != (b"IHDR", 13) or names[-1] != (b"IEND") or names.count(b"IHDR") != 1:
        raise Unfit(_DAMAGED)
    data = [place for place, name in enumerate(names) if name == b"IDAT"]
    if not data or any(after - before != 1 for before, after in pairwise(data)):
        raise Unfit(_DAMAGED)
    width, height = struct.unpack(">II", content[16:24])
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise Unfit(
            f"This picture measures {width:,} by {height:,} pixels; the most allowed is {MOST_PIXELS:,} pixels, and "
            f"{LONGEST_SIDE:,} on a side. Make it smaller."
        )
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as picture:
            picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Unfit(_DAMAGED) from None


def _chunks(content: bytes) -> list[tuple[bytes, int]]:
    """The names and lengths of all chunks, which together are all that there is."""
    found: list[tuple[bytes, int]] = []
    place = 8
    while place < len(content):
        if len(found) == MOST_CHUNKS or place + 12 > len(content):
            raise Unfit(_DAMAGED)
        length, name = struct.unpack(">I4s", content[place : place + 8])
        if not name.isalpha():
            raise Unfit(_DAMAGED)
        if name == b"IEND" and place + 12 != len(content):
            raise Unfit("Something stands after the end of this picture. Save it as PNG once more.")
        found.append((name, length))
        place += 12 + length
    if place != len(content):
        raise Unfit(_DAMAGED)
    return found
