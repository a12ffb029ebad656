"""The journal over IMAP, asked of a real Dovecot server."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxworkflow.mail.journal import ImapMailbox
from tests.local.tls import Authority, in_front_of

pytestmark = pytest.mark.integration
DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")

CONFIGURATION = """
base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
"""


@pytest.fixture
def server() -> Iterator[tuple[int, Path]]:
    """A Dovecot on a port of its own, with an empty mailbox; yields the port and the folder of new mail."""
    if DOVECOT is None or os.geteuid() != 0:
        pytest.skip("There is no Dovecot here that we may start, so the journal over IMAP is not tried.")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    nobody = pwd.getpwnam("nobody")
    folder = Path(tempfile.mkdtemp(prefix="cxworkflow-imap-"))
    folder.chmod(0o755)
    arrived = folder / "mail" / "new"
    for name in ("", "new", "cur", "tmp"):
        (folder / "mail" / name).mkdir()
        os.chown(folder / "mail" / name, nobody.pw_uid, nobody.pw_gid)
    told = CONFIGURATION.format(folder=folder, port=port, uid=nobody.pw_uid, gid=nobody.pw_gid)
    (folder / "dovecot.conf").write_text(told)
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(folder / "dovecot.conf")])
    until = time.monotonic() + 15
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield port, arrived
    process.terminate()
    process.wait(timeout=10)
    shutil.rmtree(folder)


def test_a_copy_in_the_mailbox_is_found_by_its_message_id(server: tuple[int, Path]) -> None:
    port, arrived = server
    journal = ImapMailbox(f"imap://journal%40example.gov:secret@127.0.0.1:{port}/INBOX")
    assert journal.holds("<one@notice.cxworkflow>") is False
    (arrived / "1.x.host").write_bytes(b"Message-ID: <one@notice.cxworkflow>\r\nSubject: a\r\n\r\nwords\r\n")
    assert journal.holds("<one@notice.cxworkflow>") is True
    assert journal.holds("<two@notice.cxworkflow>") is False


def test_a_server_that_does_not_let_us_in_or_is_away_knows_nothing(server: tuple[int, Path]) -> None:
    port, _ = server
    assert ImapMailbox(f"imap://journal:wrong@127.0.0.1:{port}/INBOX").holds("<one@x>") is None
    assert ImapMailbox(f"imap://journal:secret@127.0.0.1:{port}/Nowhere").holds("<one@x>") is None
    assert ImapMailbox("imap://journal:secret@127.0.0.1:1/INBOX").holds("<one@x>") is None


@pytest.mark.asvs("V12.3.1", "V12.3.2")
def test_with_tls_it_is_asked_only_if_its_certificate_is_good(
    server: tuple[int, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(kind: str, name: str = "localhost") -> Authority:
        (tmp_path / kind).mkdir()
        return Authority.made(tmp_path / kind, name)

    ours = made("ours")
    monkeypatch.setenv("SSL_CERT_FILE", str(ours.own))
    for front, told in ((ours, False), (made("unknown"), None), (made("other", "another.example"), None), (None, None)):
        with in_front_of(("127.0.0.1", server[0]), front) as port:
            assert ImapMailbox(f"imaps://journal:secret@localhost:{port}/INBOX").holds("<one@x>") is told
