"""A real SMTP server on this machine whose behaviour at each step of the dialogue a test decides."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP

from cxworkflow.local.mail_folder import Envelope

CUT = "cut"  # end the connection without an answer
KEEP_AND_CUT = "keep and cut"  # take the message, then end the connection without an answer
KEEP_AND_CLOSE = "keep and close"  # take the message, say so, then end the connection

# (step, what it is about) -> CUT, KEEP_AND_…, an answer such as "451 Try later", or None to go on as usual.
# Steps: CONNECT, EHLO, MAIL, RCPT, DATA and, once the whole message has arrived, MESSAGE.
Behaviour = Callable[[str, str], str | None]


def agreeable(_step: str, _about: str) -> None:
    """Takes everything."""


@dataclass
class Relay:
    """What a test sees of its server."""

    behaviour: Behaviour = agreeable
    port: int = 0
    kept: list[Envelope] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        """Its address as a setting."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> list[str]:
        """The first recipient of each message kept."""
        return [envelope.recipients[0] for envelope in self.kept]


def once(step: str, does: str) -> Behaviour:
    """Behave so the first time this step is reached, and well ever after."""
    left = [does]
    return lambda at, _about: left.pop() if at == step and left else None


def always(step: str, does: str) -> Behaviour:
    """Behave so whenever this step is reached."""
    return lambda at, _about: does if at == step else None


class _Door(SMTP):
    """aiosmtpd's server, asked about each command before it is obeyed."""

    def __init__(self, relay: Relay, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(self, hostname="localhost", enable_SMTPUTF8=False, loop=loop)
        self._relay = relay

    def connection_made(self, transport: Any) -> None:
        self._relay.connections += 1
        self._wire = transport
        super().connection_made(transport)
        if self._relay.behaviour("CONNECT", "") == CUT:
            self._wire.abort()

    async def _instead(self, step: str, about: str | None) -> bool:
        answer = self._relay.behaviour(step, about or "")
        if answer == CUT:
            self._wire.abort()
        elif answer is not None:
            await self.push(answer)
        return answer is not None

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802  # aiosmtpd finds its commands by name
        if not await self._instead("EHLO", hostname):
            await super().smtp_EHLO(hostname)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        if not await self._instead("MAIL", arg):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802
        if not await self._instead("RCPT", arg):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if not await self._instead("DATA", arg):
            await super().smtp_DATA(arg)

    async def handle_DATA(self, _server: SMTP, _session: Any, arrived: Any) -> str | None:  # noqa: N802
        envelope = Envelope(arrived.mail_from, tuple(arrived.rcpt_tos), arrived.content)
        answer = self._relay.behaviour("MESSAGE", envelope.message_id)
        if answer in (None, KEEP_AND_CUT, KEEP_AND_CLOSE):
            self._relay.kept.append(envelope)
        if answer in (CUT, KEEP_AND_CUT):
            self._wire.abort()
            return "250 Nobody hears this"
        if answer == KEEP_AND_CLOSE:
            await self.push("250 Kept")
            self._wire.close()
            return None
        return answer or "250 Kept"


@contextmanager
def listening(behaviour: Behaviour = agreeable) -> Iterator[Relay]:
    """A mail server that runs within this block, in a thread."""
    loop, relay = asyncio.new_event_loop(), Relay(behaviour)
    server = loop.run_until_complete(loop.create_server(lambda: _Door(relay, loop), "127.0.0.1", 0))
    relay.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
