"""Relays that stand before a server and cut, freeze or forget connections: a plain one, and one that reads SMTP."""

import asyncio
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path

STEPS = (
    "connect",
    "EHLO",
    "MAIL",
    "RCPT",
    "DATA",
    "body",
    "dot",
    "QUIT",
)  # dot: between the server's 250 and the client
TAKES = 0.01  # seconds that the mail server seems to need for a message: time for something to go wrong
LARGEST = 2**20  # bytes in a message

# What happens to a connection; it is told the client's port.
Act = Callable[[int], Awaitable[None]]
Passing = Coroutine[None, None, None]


class CutError(Exception):
    """This connection ends now, without a word."""


async def cut(_port: int) -> None:
    """End the connection."""
    raise CutError


async def forget(_port: int) -> None:
    """Half-open: nothing passes any more, and nobody says so."""
    await asyncio.Event().wait()


def freeze(seconds: float) -> Act:
    """Let nothing pass for a while, then go on."""

    async def frozen(_port: int) -> None:
        await asyncio.sleep(seconds)

    return frozen


def meanwhile(happens: Callable[[int], None], *, slow: float = 0) -> Act:
    """Let something happen elsewhere while this dialogue stands at this very step, for so many seconds more."""

    async def happening(port: int) -> None:
        await asyncio.to_thread(happens, port)
        await asyncio.sleep(slow)

    return happening


class Relay:
    """Passes bytes between clients on a TCP port and a server: a port of this machine, or a socket file."""

    def __init__(self, server: int | Path) -> None:
        self._server = server
        self._loop = asyncio.new_event_loop()
        self._connections: set[asyncio.Task[None]] = set()
        self._forgotten: set[asyncio.Task[None]] = set()
        listening = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=LARGEST))
        self.port: int = listening.sockets[0].getsockname()[1]
        threading.Thread(target=self._loop.run_forever, name="relay", daemon=True).start()

    def drop_all(self) -> None:
        """Cut every connection."""
        self._loop.call_soon_threadsafe(lambda: [connection.cancel() for connection in tuple(self._connections)])

    def forget_all(self) -> None:
        """Let every present connection go half-open: nothing passes, nobody says so."""
        self._loop.call_soon_threadsafe(lambda: self._forgotten.update(self._connections))

    def stand_still(self) -> None:
        """Freeze as a whole: nothing is even taken in any more, and nobody says so."""
        self._loop.call_soon_threadsafe(threading.Event().wait)

    async def _serve(self, from_client: StreamReader, client: StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        self._connections.add(connection)
        server: StreamWriter | None = None
        with suppress(asyncio.CancelledError):
            try:
                await self.reached("connect", client)
                from_server, server = await self._connected()
                async with asyncio.TaskGroup() as both:
                    for passing in self.both_ways(from_client, client, from_server, server):
                        both.create_task(passing)
            except* (CutError, OSError, EOFError):
                pass
        self._connections.discard(connection)
        self._forgotten.discard(connection)
        for end in (client, server):
            if end is not None:
                end.transport.abort()

    async def _connected(self) -> tuple[StreamReader, StreamWriter]:
        if isinstance(self._server, Path):
            return await asyncio.open_unix_connection(str(self._server))
        return await asyncio.open_connection("127.0.0.1", self._server)

    async def reached(self, step: str, client: StreamWriter) -> None:
        """Called when a dialogue comes to a step."""

    def both_ways(
        self, from_client: StreamReader, client: StreamWriter, from_server: StreamReader, server: StreamWriter
    ) -> tuple[Passing, Passing]:
        """What passes in each direction."""
        connection = asyncio.current_task()

        async def passing(reader: StreamReader, writer: StreamWriter) -> None:
            while chunk := await reader.read(65536):
                if connection in self._forgotten:
                    continue
                writer.write(chunk)
                await writer.drain()
            raise CutError

        return passing(from_client, server), passing(from_server, client)


class SmtpRelay(Relay):
    """A relay before a mail server; what is to happen at a step of the next dialogue that gets there can be set."""

    def __init__(self, server: int) -> None:
        self._armed: dict[str, Act] = {}
        super().__init__(server)

    def arm(self, step: str, act: Act) -> bool:
        """Set what happens once at this step; False if something is set there already."""
        return self._armed.setdefault(step, act) is act

    def disarm(self) -> None:
        """Let nothing happen that was set and did not happen yet."""
        self._armed.clear()

    async def reached(self, step: str, client: StreamWriter) -> None:
        """What was set to happen at this step."""
        act = self._armed.pop(step, None)
        if act is not None:
            await act(client.get_extra_info("peername")[1])

    def both_ways(
        self, from_client: StreamReader, client: StreamWriter, from_server: StreamReader, server: StreamWriter
    ) -> tuple[Passing, Passing]:
        """Commands one by one and a message in two halves; answers one by one."""
        to_data: asyncio.Queue[bool] = asyncio.Queue()
        said = [""]

        async def forth() -> None:
            while line := await from_client.readline():
                said[0] = line[:4].decode("ascii", "replace").strip().upper()
                await self.reached(said[0], client)
                server.write(line)
                if said[0] == "DATA" and await to_data.get():
                    said[0] = "body"
                    message = await from_client.readuntil(b"\r\n.\r\n")
                    server.write(message[: len(message) // 2])
                    await self.reached("body", client)
                    server.write(message[len(message) // 2 :])
            raise CutError

        async def back() -> None:
            while line := await from_server.readline():
                if said[0] == "DATA":
                    to_data.put_nowait(line.startswith(b"354"))
                elif said[0] == "body":
                    await asyncio.sleep(TAKES)
                    await self.reached("dot", client)
                client.write(line)
            raise CutError

        return forth(), back()
