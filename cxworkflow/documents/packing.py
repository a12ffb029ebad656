"""Files packed: into a folder, or into a ZIP."""

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

Files = Iterable[tuple[str, Iterable[bytes]]]


def write_folder(files: Files, folder: Path) -> None:
    """Write the files into a new folder; raises FileExistsError where there is one."""
    folder.mkdir(parents=True)
    for name, pieces in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(pieces)


def write_zip(files: Files, out: IO[bytes], *, within: str) -> None:
    """Write a ZIP of the files in one folder: never more of it in memory than one piece."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in files:
            with archive.open(f"{within}/{name}", "w", force_zip64=True) as file:
                file.writelines(pieces)
