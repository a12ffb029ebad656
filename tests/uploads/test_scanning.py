"""The virus scanner is asked before a file is taken: over its socket, by its protocol, and with ClamAV itself."""

import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest

from cxworkflow.errors import InvalidInput
from cxworkflow.uploads import scanning
from cxworkflow.uploads.examining import examine
from cxworkflow.uploads.scanning import ScannerAway, found_in
from tests.uploads.samples import EICAR, SOUND, archive, chunk, office, png

pytestmark = pytest.mark.unit

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")


@contextmanager
def scanner(answer: bytes, *, family: int = socket.AF_UNIX) -> Iterator[tuple[str, list[bytes]]]:
    """A scanner that reads what it is sent, and answers this; its address, and what it has read."""
    heard: list[bytes] = []
    with tempfile.TemporaryDirectory() as folder, socket.socket(family, socket.SOCK_STREAM) as open_for_all:
        place = f"{folder}/clamd"
        open_for_all.bind(place if family == socket.AF_UNIX else ("127.0.0.1", 0))
        open_for_all.listen()
        port = open_for_all.getsockname()[1]

        def serve() -> None:
            line, _ = open_for_all.accept()
            with line, line.makefile("rb") as sent:
                assert sent.read(10) == b"zINSTREAM\0"
                while length := struct.unpack(">I", sent.read(4))[0]:
                    heard.append(sent.read(length))
                line.sendall(answer)

        listening = threading.Thread(target=serve)
        listening.start()
        yield (f"unix://{place}" if family == socket.AF_UNIX else f"tcp://127.0.0.1:{port}"), heard
        listening.join()


@pytest.mark.parametrize("family", [socket.AF_UNIX, socket.AF_INET])
def test_the_whole_file_is_sent_in_blocks_and_the_answer_read(family: int) -> None:
    content = bytes(range(256)) * 4096
    with scanner(b"stream: OK\0", family=family) as (url, heard):
        assert found_in(BytesIO(content), url) is None
    assert b"".join(heard) == content
    assert len(heard) == 4
    with scanner(b"stream: Win.Test.EICAR_HDB-1 FOUND\0", family=family) as (url, _):
        assert found_in(BytesIO(b"x"), url) == "Win.Test.EICAR_HDB-1"


@pytest.mark.parametrize("answer", [b"", b"stream: O", b"INSTREAM size limit exceeded. ERROR\0", b"UNKNOWN COMMAND\0"])
def test_what_is_neither_yes_nor_no_is_no_yes(answer: bytes) -> None:
    with scanner(answer) as (url, _), pytest.raises(ScannerAway, match="not taken"):
        found_in(BytesIO(b"x"), url)


def test_a_scanner_that_is_away_or_silent_takes_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for url in (f"unix://{tmp_path}/gone", "tcp://127.0.0.1:1"):
        with pytest.raises(ScannerAway, match=r"does not answer.*Try again in a minute"):
            examine("a.png", SOUND["png"], largest=10_000, clamd_url=url)
    monkeypatch.setattr(scanning, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(ScannerAway):
        found_in(BytesIO(b"x"), f"tcp://127.0.0.1:{silent.getsockname()[1]}")


@pytest.mark.asvs("V5.4.3")
def test_what_the_scanner_finds_is_not_taken() -> None:
    with (
        scanner(b"stream: Eicar FOUND\0") as (url, _),
        pytest.raises(InvalidInput, match=r"“a\.png” can’t be taken: the virus scanner found Eicar in it"),
    ):
        examine("a.png", SOUND["png"], largest=10_000, clamd_url=url)


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    """ClamAV with two signatures of our own: the usual test file, and a word in the comment of a picture."""
    if CLAMD is None:
        pytest.skip("ClamAV is not installed, so it is not asked.")
    with tempfile.TemporaryDirectory(prefix="clamd-") as made:
        folder = Path(made)
        (folder / "signatures").mkdir()
        lines = (f"Ours.Eicar:0:*:{EICAR.hex()}", f"Ours.Worm:0:*:{b'a worm of ours'.hex()}")
        (folder / "signatures" / "ours.ndb").write_text("".join(f"{line}\n" for line in lines))
        settings = {
            "DatabaseDirectory": folder / "signatures",
            "LocalSocket": folder / "socket",
            "Foreground": "yes",
            "StreamMaxLength": "1M",
            "MaxThreads": 2,
        }
        (folder / "clamd.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        command = [CLAMD, "--config-file", str(folder / "clamd.conf")]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield _when_open(process, folder / "socket")
        finally:
            process.terminate()
            process.wait(timeout=30)


def _when_open(process: "subprocess.Popen[bytes]", place: Path) -> str:
    for _ in range(600):
        if process.poll() is not None:
            pytest.skip(f"ClamAV does not start here (exit {process.returncode}), so it is not asked.")
        if place.exists():
            return f"unix://{place}"
        time.sleep(0.1)
    raise AssertionError("ClamAV did not open its socket.")


@pytest.mark.timeout(180)
def test_clamav_itself_lets_sound_files_pass_and_finds_what_it_knows(clamd: str) -> None:
    for ending, content in SOUND.items():
        assert examine(f"a.{ending}", content, largest=10_000_000, clamd_url=clamd)
    assert found_in(BytesIO(EICAR), clamd) == "Ours.Eicar.UNOFFICIAL"
    assert found_in(BytesIO(archive({"a.com": EICAR})), clamd) == "Ours.Eicar.UNOFFICIAL"
    wormy = png(inside=chunk(b"tEXt", b"Comment\0a worm of ours"))
    for name, content in (("a.png", wormy), ("a.docx", office(parts={"word/media/image1.png": wormy}))):
        with pytest.raises(InvalidInput, match=r"the virus scanner found Ours\.Worm"):
            examine(name, content, largest=10_000_000, clamd_url=clamd)


@pytest.mark.timeout(180)
def test_what_is_too_large_for_clamav_is_not_taken(clamd: str) -> None:
    with pytest.raises(ScannerAway, match="not taken"):
        found_in(BytesIO(os.urandom(3_000_000)), clamd)
