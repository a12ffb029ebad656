"""Files packed on their way: into a folder, or into a ZIP that is sent while it is made."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Files = Iterable[tuple[str, Iterable[bytes]]]


def write_folder(files: Files, folder: Path) -> None:
    """Write the files into a new folder; raises FileExistsError where there is one."""
    folder.mkdir(parents=True)
    for name, pieces in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(pieces)


def zipped(files: Files, *, within: str) -> Iterator[bytes]:
    """A ZIP of the files in one folder, piece by piece: never more of it in memory than one piece."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in files:
            with archive.open(f"{within}/{name}", "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield pipe.taken()
    yield pipe.taken()


class _Pipe(io.RawIOBase):
    """What a ZIP is written into: it goes on, and never back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: "ReadableBuffer") -> int:
        """Take what the archive gives."""
        self._pieces.append(bytes(data))
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        """What has come since the last time."""
        whole, self._pieces = b"".join(self._pieces), []
        return whole
