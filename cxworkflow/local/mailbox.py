"""The local mailbox: an SMTP server for this machine alone that keeps each message and passes nothing on.

`python -m cxworkflow.local.mailbox FOLDER PORT` serves a folder until it is told to stop; `serving` does it within a
program.
"""

import asyncio
import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from aiosmtpd import smtp

from cxworkflow.errors import SettingError
from cxworkflow.local.mail_folder import Envelope, keep

T = TypeVar("T")
HOST = "127.0.0.1"
LARGEST = 25_000_000  # bytes in one message


class _Door:
    """What aiosmtpd asks: each message is kept before the sender hears that it was taken."""

    def __init__(self, keeping: Callable[[Envelope], object]) -> None:
        self._keeping = keeping

    async def handle_DATA(  # noqa: N802  # aiosmtpd finds it by this name
        self, _server: smtp.SMTP, _session: smtp.Session, arrived: smtp.Envelope
    ) -> str:
        try:
            content = arrived.original_content or b""
            self._keeping(Envelope(arrived.mail_from or "", tuple(arrived.rcpt_tos), content))
        except OSError as error:
            return f"451 The message could not be kept: {error.strerror}"
        return "250 Kept"


@contextlib.contextmanager
def serving(keeping: Callable[[Envelope], object], port: int = 0) -> Iterator[int]:
    """Take e-mail on 127.0.0.1 within this block, in a thread, and give each message to `keeping` (in that thread).

    Yields the port; 0 asks for a free one. A list's `append` keeps messages in memory, `into(folder)` in a folder.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="mailbox", daemon=True)
    thread.start()

    def there(coroutine: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    try:
        server = there(_listen(keeping, port))
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            there(_close(server))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def into(folder: Path) -> Callable[[Envelope], Path]:
    """What keeps messages in a folder, which is made private if it is new."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return partial(keep, folder)


async def _listen(keeping: Callable[[Envelope], object], port: int) -> asyncio.Server:
    door = _Door(keeping)
    loop = asyncio.get_running_loop()

    def connection() -> smtp.SMTP:
        # A given host name, since asking for the machine's own can take seconds.
        return smtp.SMTP(door, hostname="localhost", data_size_limit=LARGEST, enable_SMTPUTF8=True, loop=loop)

    try:
        return await loop.create_server(connection, HOST, port)
    except OSError as error:
        raise SettingError(f"The mailbox can't listen on port {port} of {HOST}: {error.strerror}.") from error


async def _close(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _serve_until_told(folder: Path, port: int) -> None:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    server = await _listen(into(folder), port)
    print(f"The mailbox listens on {HOST}, port {server.sockets[0].getsockname()[1]}.", flush=True)
    await told.wait()
    await _close(server)


def main(arguments: list[str]) -> None:
    """Serve the folder and the port that the two arguments name."""
    if len(arguments) != 2 or not arguments[1].isdigit():
        sys.exit("Usage: python -m cxworkflow.local.mailbox FOLDER PORT")
    try:
        asyncio.run(_serve_until_told(Path(arguments[0]), int(arguments[1])))
    except SettingError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
