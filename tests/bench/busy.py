"""How much of the machine was busy, and how much of that with our workers: what says where the next limit is."""

import os
from dataclasses import dataclass
from pathlib import Path

from tests.bench.crew import Hand

TICKS = os.sysconf("SC_CLK_TCK")
STAT = Path("/proc/stat")


@dataclass(frozen=True)
class Busy:
    """Seconds of a core: of all that ran on the machine, and of the processes of a crew."""

    machine: float
    crew: float

    def __sub__(self, before: "Busy") -> "Busy":
        return Busy(self.machine - before.machine, self.crew - before.crew)


def busy(crew: list[Hand]) -> Busy:
    """So far; nothing but zeros on a system that does not tell it in /proc."""
    if not STAT.exists():
        return Busy(0, 0)
    # user, nice, system, idle, iowait, irq, softirq: proc_stat(5)
    user, nice, system, _, _, irq, softirq = map(int, STAT.read_text(encoding="ascii").splitlines()[0].split()[1:8])
    ours = sum(_spent(each.process.pid) for each in crew)
    return Busy((user + nice + system + irq + softirq) / TICKS, ours / TICKS)


def _spent(pid: int) -> int:
    """Of one process, in user and system mode; its name, in parentheses, may hold blanks."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
