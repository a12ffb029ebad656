"""A sender as a process of its own: `python -m tests.mail.sender DATABASE_URL SMTP_URL [FOLDER]`, until all is sent."""

import sys
import time
from pathlib import Path

from cxworkflow.clock import now
from cxworkflow.db import session
from cxworkflow.mail.delivery import Post, deliver
from cxworkflow.mail.journal import LocalMailbox, NoJournal
from cxworkflow.models import Notice
from cxworkflow.models.notice import NoticeState
from tests.mail.office import application


def main(database_url: str, smtp_url: str, folder: str | None = None) -> None:
    """Send until everything is sent, with the mailbox in this folder as the journal, if there is one."""
    journal = LocalMailbox(Path(folder)) if folder else NoJournal()
    post = Post(smtp_url, "CX Workflow <cx@workflow.example>", "https://cx.example", journal)
    with application(database_url):
        while session().query(Notice).filter(Notice.state != NoticeState.SENT).first() is not None:
            deliver(post, now=now)
            session().rollback()
            time.sleep(0.02)


if __name__ == "__main__":
    main(*sys.argv[1:])
