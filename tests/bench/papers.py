"""A department of ten thousand strategies with three versions each, made by the database itself, as of today."""

import json
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text

from config.settings import FOLDER, POLICIES
from cxworkflow.calendar import moment
from cxworkflow.db import db, session
from cxworkflow.models import PolicyEdition
from cxworkflow.policies import read_policy

FILL = Path(__file__).with_name("papers.sql")


def populate(strategies: int, *, on: date, more: Path | None = None, **of_more: str) -> None:
    """Fill an empty, migrated database: a Component, a lead and a strategy with three versions each, in every state.

    `more` is a file of further statements, with the same values and with values of its own.
    """
    policy = read_policy(POLICIES / "dhs-076-02.toml")
    session().add(
        PolicyEdition(
            code=policy.id,
            title=policy.title,
            signed_on=policy.signed_on,
            content=policy.model_dump(mode="json"),
            sha256="0" * 64,
            loaded_at=moment(policy.signed_on),
        )
    )
    session().commit()
    sample = json.loads((FOLDER / "demo" / "uscg.json").read_text(encoding="utf-8"))["answers"]
    values = {
        "strategies": strategies,
        "signed_on": on - timedelta(days=200),
        "today": on,
        "content": json.dumps(sample),
        "clauses": [section.clause for section in policy.sections_for(hisp=False)],
        **of_more,
    }
    owner = create_engine(db.engine.url, poolclass=NullPool)
    with owner.begin() as connection:
        # What only follows from real steps is written as if it had: triggers would ask for each of them.
        connection.execute(text("set session_replication_role = replica"))
        texts = [file.read_text(encoding="utf-8") for file in (FILL, more) if file]
        for statement in ";\n".join(texts).split(";\n"):
            if statement.strip():
                connection.execute(text(statement), values)
    with owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("vacuum analyze"))
