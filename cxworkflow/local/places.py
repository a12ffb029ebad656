"""Where embedded servers may keep sockets and files, and as whom they run when we are root."""

import hashlib
import os
import pwd
import re
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from cxworkflow.errors import SettingError

# The kernel allows 103 bytes for a socket's path on macOS and 107 on Linux; the longest name that we put there has 17.
LONGEST = 85
# Spaces and the like are lawful in paths and awkward in the addresses of services.
PLAIN = re.compile(r"[A-Za-z0-9/._-]+")
# For what root's servers, which run as nobody, could not get at within root's own folder.
SHARED = Path("/var/lib/cxworkflow")


class Identity(TypedDict, total=False):
    """What `subprocess` wants to be told about a user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A user of this machine, by numbers."""

    uid: int
    gid: int

    @classmethod
    def ours(cls) -> "Account":
        """Who we are."""
        return cls(os.geteuid(), os.getegid())

    @classmethod
    def unprivileged(cls) -> "Account":
        """Who runs what must not run as root: we ourselves, or `nobody` where we are root."""
        if os.geteuid() != 0:
            return cls.ours()
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid)

    @classmethod
    def owner_of(cls, path: Path) -> "Account":
        """Whose the file or folder is."""
        found = path.stat()
        return cls(found.st_uid, found.st_gid)

    def owns(self, path: Path) -> bool:
        """Whether the file or folder belongs to this user."""
        return path.lstat().st_uid == self.uid

    def reaches(self, path: Path) -> bool:
        """Whether this user may enter the folder or run the program, all its parents included."""
        if self == Account.ours():
            return os.access(path, os.X_OK)
        test = ["test", "-x", str(path)]
        return subprocess.run(test, cwd="/", check=False, **self.identity()).returncode == 0

    def identity(self) -> Identity:
        """The arguments with which `subprocess` starts a program as this user."""
        if self == Account.ours():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def private_folder(self, path: Path) -> Path:
        """Make the folder, or take it if it is there, for this user alone.

        SettingError if somebody else owns it, as somebody may who guessed a name in a shared place.
        """
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {self.uid, os.geteuid()}:
            raise SettingError(
                f"{path} belongs to somebody else, so nothing private can be kept there. Remove it first."
            )
        os.chown(path, self.uid, self.gid)
        path.chmod(0o700)
        return path


def socket_folder(folder: Path, account: Account) -> Path:
    """Which folder is for sockets: within `folder` if its path is short and plain and the account gets there."""
    wanted = folder / "socket"
    if len(os.fsencode(wanted)) <= LONGEST and PLAIN.fullmatch(str(wanted)) and account.reaches(folder):
        return wanted
    # Not what TMPDIR says: all who use the folder must find the same place.
    return Path("/tmp") / f"cxworkflow-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
