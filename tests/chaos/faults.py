"""The faults: one table of what can be done to the premises, chosen at random and counted when it happens."""

import asyncio
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress

import psutil
import psycopg
import redis

from tests.chaos import relay
from tests.chaos.premises import BEATS, WORKERS, Premises, kill_all
from tests.chaos.watch import dsn

LONGEST_FREEZE = 3.0  # seconds
LONGEST_LOCK = 2.0  # seconds
KEPT_DOWN = 3.0  # seconds: longer than any task that runs meanwhile
LONGEST_DOWN = 3.0  # seconds until a killed server is started again; half of them are at once
OFTEN = 15  # times as often as otherwise
HUNG = 30.0  # seconds for which a worker is as good as dead
SLOW = 0.9  # seconds that a mail server takes which is not given up yet
LATE = 2.0  # seconds by which a message can be late at the mail server: less than a sender waits while in doubt


class Faults:
    """Inflicts faults on the premises, at random but repeatably: the seed decides which, and in which order."""

    def __init__(self, premises: Premises, chance: random.Random, *, often: Collection[str] = ()) -> None:
        self._premises, self._chance, self._often = premises, chance, often
        self.happened: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._kinds: dict[str, tuple[int, Callable[[], bool]]] = {
            "worker killed": (8, self._kill_worker),
            "pool child killed": (8, self._kill_child),
            "beat killed": (4, lambda: self._kill(chance.choice(BEATS))),
            "Redis killed": (6, self._kill_redis),
            "Redis flushed": (5, self._flush),
            "Redis frozen": (4, self._freeze_redis),
            "Redis connections half-open": (3, self._forget_redis),
            "Redis connections cut": (3, self._drop_redis),
            "PostgreSQL killed": (5, self._kill_postgres),
            "PostgreSQL backend killed": (4, self._kill_backend),
            "PostgreSQL sessions ended": (5, self._end_sessions),
            "PostgreSQL frozen": (4, self._freeze_postgres),
            "PostgreSQL table locked": (4, self._lock_notices),
            "worker frozen": (5, self._freeze_worker),
            "mail server killed": (4, lambda: self._kill("mailbox")),
            "worker's clock hours off": (5, self._jump),
            **{f"SMTP cut at {step}": (4, lambda step=step: self._at(step, relay.cut)) for step in relay.STEPS},  # type: ignore[misc]
            "SMTP frozen": (
                4,
                lambda: self._at(chance.choice(relay.STEPS[:-1]), relay.freeze(chance.uniform(0.5, LATE))),
            ),
            "message late": (6, lambda: self._at("body", relay.freeze(chance.uniform(LATE / 2, LATE)))),
            "SMTP half-open": (3, lambda: self._at(chance.choice(relay.STEPS[:-1]), relay.forget)),
            "sender killed in mid-send": (12, lambda: self._in_mid_send(self._kill_sender)),
            "Redis killed in mid-send": (4, lambda: self._in_mid_send(lambda _: self._kill_redis(), SLOW)),
            "Redis down in mid-task": (4, self._in_mid_task),
            "PostgreSQL killed in mid-send": (4, lambda: self._in_mid_send(lambda _: self._kill_postgres())),
            "sessions ended in mid-send": (4, lambda: self._in_mid_send(lambda _: self._end_sessions())),
            "mail server killed in mid-send": (4, lambda: self._in_mid_send(lambda _: self._kill("mailbox"))),
            "sender frozen in mid-send": (8, lambda: self._in_mid_send(self._freeze_sender)),
        }

    @property
    def total(self) -> int:
        """How many have happened."""
        return sum(self.happened.values())

    def inflict(self, name: str | None = None) -> None:
        """Do one of them now, or set it up to happen at the next step of a dialogue with the mail server."""
        if name is None:
            weights = {
                each: weight * (OFTEN if each in self._often else 1) for each, (weight, _) in self._kinds.items()
            }
            name = self._chance.choices([*weights], [*weights.values()])[0]
        self._name = name
        with suppress(psutil.Error, OSError):
            if self._kinds[name][1]():
                self.note(name)

    def note(self, name: str) -> None:
        """Count one that has happened."""
        with self._counting:
            self.happened[name] += 1

    def _kill(self, name: str) -> bool:
        return self._premises.kill(name) is not None

    def _kill_worker(self) -> bool:
        name, orphans_live = self._chance.choice(WORKERS), self._chance.choice((0.0, 0.0, 1.5))
        pid = self._premises.program(name).pid
        children = psutil.Process(pid).children() if pid else []
        killed = self._kill(name)
        if orphans_live:  # what it had started goes on for a while, and is ended as a supervisor would
            self._premises.later(orphans_live, lambda: kill_all(children))
        else:
            kill_all(children)
        return killed

    def _kill_child(self) -> bool:
        children = self._premises.pool_children()
        if children:
            self._chance.choice(children).kill()
        return bool(children)

    def _kill_redis(self) -> bool:
        self._premises.down(self._premises.valkey, self._chance.choice((0, self._chance.uniform(0, LONGEST_DOWN))))
        return self._signal(self._premises.valkey._pid(), signal.SIGKILL)

    def _in_mid_task(self) -> bool:
        """Let Redis be down while a task sends: who has it in hand finds nobody to acknowledge it to.

        When the next to send is a pulse, which has no task in hand, it waits for another.
        """
        step = self._chance.choice(("MAIL", "DATA", "dot"))

        async def at_this_moment(port: int) -> None:
            if await asyncio.to_thread(self._keep_redis_down, port):
                self.note("Redis down in mid-task")
                await asyncio.sleep(SLOW)
            else:
                self._premises.smtp.arm(step, at_this_moment)

        self._premises.smtp.arm(step, at_this_moment)
        return False

    def _keep_redis_down(self, port: int) -> bool:
        with suppress(psutil.Error, OSError):
            if self._sender(port) in self._premises.pool_children():
                self._premises.down(self._premises.valkey, KEPT_DOWN)
                return self._signal(self._premises.valkey._pid(), signal.SIGKILL)
        return False

    def _flush(self) -> bool:
        with suppress(redis.RedisError), redis.Redis.from_url(self._premises.valkey.url, socket_timeout=1) as client:
            return bool(client.flushall())
        return False

    def _freeze_redis(self) -> bool:
        return self._freeze(self._premises.valkey._pid(), self._chance.uniform(0.2, LONGEST_FREEZE))

    def _forget_redis(self) -> bool:
        self._premises.redis.forget_all()
        return True

    def _drop_redis(self) -> bool:
        self._premises.redis.drop_all()
        return True

    def _kill_postgres(self) -> bool:
        self._premises.down(self._premises.postgres, self._chance.choice((0, self._chance.uniform(0, LONGEST_DOWN))))
        return self._signal(self._premises.postgres._pid(), signal.SIGKILL)

    def _backends(self) -> list[int]:
        postmaster = self._premises.postgres._pid()
        with suppress(psutil.Error):
            children = psutil.Process(postmaster).children() if postmaster else []
            return [child.pid for child in children if "[local]" in " ".join(child.cmdline())]
        return []

    def _kill_backend(self) -> bool:
        backends = self._backends()
        return bool(backends) and self._signal(self._chance.choice(backends), signal.SIGKILL)

    def _end_sessions(self) -> bool:
        with suppress(psycopg.Error), psycopg.connect(dsn(self._premises), autocommit=True) as session:
            session.execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()")
            return True
        return False

    def _freeze_postgres(self) -> bool:
        victims = [self._premises.postgres._pid(), *self._backends()]
        return self._freeze(self._chance.choice(victims), self._chance.uniform(0.2, LONGEST_FREEZE))

    def _lock_notices(self) -> bool:
        """As somebody does who adds an index: what wants to owe something waits, and then goes on all at once."""
        seconds = self._chance.uniform(0.2, LONGEST_LOCK)

        def lock() -> None:
            with suppress(psycopg.Error), psycopg.connect(dsn(self._premises)) as session:
                session.execute("lock table notice in share row exclusive mode")
                session.execute("select pg_sleep(%s)", [seconds])

        threading.Thread(target=lock, name="locker", daemon=True).start()
        return True

    def _freeze_worker(self) -> bool:
        victims = [self._premises.program(name).pid for name in WORKERS]
        victims += [child.pid for child in self._premises.pool_children()]
        seconds = self._chance.choice((self._chance.uniform(0.2, 2 * LONGEST_FREEZE), HUNG))
        return self._freeze(self._chance.choice(victims), seconds)

    def _jump(self) -> bool:
        hours = self._chance.choice((-30, -8, -2, 3, 20, 30))
        self._premises.jump.write_text(str(hours))
        self._premises.later(self._chance.uniform(2, 6), lambda: self._premises.jump.unlink(missing_ok=True))
        return True

    def _at(self, step: str, act: relay.Act) -> bool:
        """Set something up to happen at a step; it is counted when it happens."""
        name = self._name

        async def counted(port: int) -> None:
            self.note(name)
            await act(port)

        self._premises.smtp.arm(step, counted)
        return False

    def _in_mid_send(self, happens: Callable[[int], bool], slow: float = 0) -> bool:
        """Let something happen while a message is being sent, to a mail server that may take so long from there."""

        def at_this_moment(port: int) -> None:
            with suppress(psutil.Error, OSError):
                happens(port)

        return self._at(
            self._chance.choice(("MAIL", "DATA", "DATA", "body", "dot", "dot")),
            relay.meanwhile(at_this_moment, slow=self._chance.choice((slow / 2, slow))),
        )

    def _sender(self, port: int) -> psutil.Process | None:
        """The process at the other end of a connection to the mail server's relay."""
        mains = [pid for pid in (self._premises.program(name).pid for name in WORKERS) if pid]
        for process in [*self._premises.pool_children(), *(psutil.Process(pid) for pid in mains)]:
            with suppress(psutil.Error):
                if any(each.laddr and each.laddr.port == port for each in process.net_connections("tcp4")):
                    return process
        return None

    def _kill_sender(self, port: int) -> bool:
        sender = self._sender(port)
        for name in WORKERS:
            if sender is not None and self._premises.program(name).pid == sender.pid:
                return self._kill(name)
        if sender is not None:
            sender.kill()
        return sender is not None

    def _freeze_sender(self, port: int) -> bool:
        sender = self._sender(port)
        # Long enough for others to give it up in most cases.
        return sender is not None and self._freeze(sender.pid, self._chance.uniform(LONGEST_FREEZE, 3 * LONGEST_FREEZE))

    def _signal(self, pid: int | None, number: signal.Signals) -> bool:
        if pid is not None:
            os.kill(pid, number)
        return pid is not None

    def _freeze(self, pid: int | None, seconds: float) -> bool:
        if not self._signal(pid, signal.SIGSTOP):
            return False
        frozen = psutil.Process(pid)
        self._premises.later(seconds, lambda: thaw(frozen))
        return True


def thaw(frozen: psutil.Process) -> None:
    """Let a stopped process go on, if it is still there."""
    with suppress(psutil.Error):
        frozen.resume()
