"""Ports of this machine: one that is free, and waiting until a program listens on its own."""

import socket
import subprocess
import time

Program = subprocess.Popen[bytes]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_open(port: int, program: Program, *, seconds: float = 60) -> None:
    """Wait until the program listens there; RuntimeError if it ends before, or takes longer."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and program.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"Nothing listens on port {port}.")
