"""A committed stage: each test gets a database of its own, copied from one on which the policy is in force."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from cxworkflow.db import session
from cxworkflow.mail.delivery import Post, deliver
from cxworkflow.mail.journal import Journal, LocalMailbox
from cxworkflow.models import PolicyEdition
from tests.databases import copied
from tests.mail.office import application
from tests.stage import Stage, eastern


@pytest.fixture
def database(server_url: str, set_stage: str) -> Iterator[str]:
    """The URL of a database of the test's own, on which the policy is in force and everybody is appointed."""
    with copied(server_url, set_stage) as url:
        yield url


@pytest.fixture
def office(database: str) -> Iterator[Flask]:
    """An application on that database, in which commits are commits."""
    with application(database) as app:
        yield app


@pytest.fixture
def played(office: Flask) -> Stage:
    """The stage, from which the verbs owe e-mails."""
    edition = session().scalar(sa.select(PolicyEdition))
    assert edition is not None
    return Stage(edition)


@pytest.fixture
def mailbox_folder(tmp_path: Path) -> Path:
    """Where the mail server keeps what it takes, and where doubts are looked up."""
    folder = tmp_path / "mailbox"
    folder.mkdir()
    return folder


Send = Callable[..., int]


@pytest.fixture
def send(office: Flask, mailbox_folder: Path) -> Send:
    """Send what is owed to a mail server, on a day; returns how many were sent."""

    def sending(url: str, *, on: str = "2023-12-18 15:00", journal: Journal | None = None) -> int:
        post = Post(
            url, "CX Workflow <cx@workflow.example>", "https://cx.example", journal or LocalMailbox(mailbox_folder)
        )
        sent = deliver(post, now=lambda: eastern(on))
        session().expire_all()
        return sent

    return sending
