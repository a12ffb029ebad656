"""A mail server that takes everything and keeps nothing: `python -m tests.bench.sink [SECONDS]`, with this latency."""

import asyncio
import sys


class Door(asyncio.Protocol):
    """One connection: as little of SMTP as a sender needs."""

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._arrived = bytearray()
        self._in_message = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say hello."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._say(b"220 localhost")

    def data_received(self, data: bytes) -> None:
        """Answer what is complete."""
        self._arrived += data
        while (end := self._end()) is not None:
            line = bytes(self._arrived[:4]).upper()
            del self._arrived[:end]
            self._answer(line)

    def _end(self) -> int | None:
        mark = b"\r\n.\r\n" if self._in_message else b"\r\n"
        found = self._arrived.find(mark)
        return None if found < 0 else found + len(mark)

    def _answer(self, line: bytes) -> None:
        if self._in_message:
            self._in_message = False
            asyncio.get_running_loop().call_later(self._latency, self._say, b"250 Taken")
        elif line == b"DATA":
            self._in_message = True
            self._say(b"354 Go on")
        elif line == b"QUIT":
            self._say(b"221 Bye")
            self._transport.close()
        else:
            self._say(b"250 OK")

    def _say(self, words: bytes) -> None:
        self._transport.write(words + b"\r\n")


async def main(latency: float) -> None:
    """Print the port, and serve until ended."""
    server = await asyncio.get_running_loop().create_server(lambda: Door(latency), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 0))
