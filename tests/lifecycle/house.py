"""The paper, its people and its database, on which the steps of a run are really taken; each run is undone."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, select, text

from cxworkflow.db import session
from cxworkflow.errors import NotFound
from cxworkflow.models import Event, Mark, Outcome, Person, Role, Strategy
from cxworkflow.permissions.reach import scope_of
from cxworkflow.scope import within
from cxworkflow.services import comments, drafting, implementation, recusals, reviews, rubrics, strategies
from tests.lifecycle.by_sql import KEPT, PAPER
from tests.lifecycle.model import PEOPLE
from tests.lifecycle.model import Paper as Told
from tests.lifecycle.model import Version as ToldVersion
from tests.stage import Stage, eastern, using

BEGAN = eastern("2023-12-18 09:00")
CLAUSE = "IV.c.5.a"


@dataclass
class House:
    """Where the steps are taken."""

    app: Flask
    engine: Engine
    paper_id: int
    people: dict[str, int]
    at: datetime = BEGAN
    took: int = 0
    undone: ExitStack = field(default_factory=ExitStack)
    connection: Connection = field(init=False)

    @classmethod
    def furnished(cls, app: Flask, engine: Engine) -> "House":
        """With the stage set, CBP's draft written by its lead, and everybody hired."""
        stage = Stage.found()
        paper = stage.drafted("CBP")
        cast = {
            "lead": stage.person(Role.LEAD, "CBP"),
            "executive": stage.person(Role.EXECUTIVE, "CBP"),
            "contributor": stage.person(Role.CONTRIBUTOR, "CBP"),
            "lead of ICE": stage.person(Role.LEAD, "ICE"),
            "reviewer": stage.person(Role.REVIEWER),
            "Directorate lead": stage.person(Role.DIRECTORATE_LEAD),
            "CIO": stage.person(Role.CIO),
            "auditor": stage.person(Role.AUDITOR),
            "administrator": stage.person(Role.ADMINISTRATOR),
        }
        cast |= {
            "second reviewer": stage.newcomer("Rita Second", (Role.REVIEWER, None)),
            "adviser": stage.newcomer("Ada Vise", (Role.DIRECTORATE_LEAD, None), (Role.CIO, None)),
            "lead and CIO": stage.newcomer("Lee Cio", (Role.LEAD, "CBP"), (Role.CIO, None)),
        }
        assert sorted(cast) == PEOPLE
        session().commit()
        return cls(app, engine, paper.id, {who: person.id for who, person in cast.items()})

    def open(self) -> None:
        """Begin a run: all of it is one transaction, in which every step is a savepoint."""
        self.connection = self.undone.enter_context(self.engine.connect())
        self.undone.callback(self.connection.begin().rollback)
        self.undone.enter_context(using(self.app, self.connection))
        self.at, self.took = BEGAN, 0

    def close(self) -> None:
        """Undo the run."""
        self.undone.close()

    @contextmanager
    def _step(self, who: str) -> Iterator[Person]:
        """One transaction of a person, in the scope of a page; what the database checks at its end, it checks."""
        self.at += timedelta(minutes=10)
        self.took += 1
        session().remove()
        person = session().get_one(Person, self.people[who])
        try:
            with within(scope_of(person, at=self.at)):
                yield person
                session().flush()
                session().scalar(select(Event.id).limit(1))  # so that the lines of the record are written
                session().execute(text("set constraints all immediate"))
                session().execute(text("set constraints all deferred"))
                session().commit()
        except BaseException:
            session().rollback()
            raise

    def take(self, step: str, who: str, whom: str = "", *, stale: bool = False) -> None:
        """Take a step by its verb; `stale`: on the first version, whichever is the present one."""
        with self._step(who) as by:
            paper = session().get(Strategy, self.paper_id)
            if paper is None:
                raise NotFound("There is no such strategy, or you may not know of it.")
            about = session().get_one(Person, self.people[whom]) if whom else by
            self._verbs(paper, by, about, stale=stale)[step]()

    def _verbs(self, paper: Strategy, by: Person, about: Person, *, stale: bool) -> dict[str, Callable[[], object]]:
        at, words = self.at, f"Said as number {self.took}."
        present = paper.versions[0] if stale and paper.versions else paper.current_version
        number, sha256 = (present.number, present.sha256) if present else (1, "")
        return {
            "write": lambda: self._write(paper, by),
            "submit": lambda: strategies.submit(paper, reason=words, by=by, at=at),
            "withdraw": lambda: strategies.withdraw(paper, reason=words, by=by, at=at),
            "assign": lambda: reviews.assign(paper, about, by=by, at=at),
            "decline": lambda: reviews.decline(paper, reason=words, by=by, at=at),
            "comment": lambda: comments.comment(paper, CLAUSE, words, by=by, at=at),
            "rate": lambda: rubrics.mark(paper, {CLAUSE: (Mark.PARTLY, words)}, by=by, at=at),
            "recommend": lambda: reviews.recommend(paper, Outcome.APPROVED, text=words, by=by, at=at),
            "return": lambda: reviews.send_back(paper, reason=words, version_number=number, by=by, at=at),
            "approve": lambda: reviews.approve(paper, version_number=number, sha256=sha256, by=by, at=at),
            "report": lambda: implementation.report(paper, statement=words, by=by, at=at),
            "send report back": lambda: implementation.send_back(paper, reason=words, by=by, at=at),
            "accept report": lambda: implementation.accept(paper, answer=words, by=by, at=at),
            "step out": lambda: recusals.recuse(paper, reason=words, by=by, at=at),
            "take off": lambda: recusals.take_off(paper, about, reason=words, by=by, at=at),
        }

    def _write(self, paper: Strategy, by: Person) -> None:
        answer = next((each for each in paper.answers if each.clause == CLAUSE), None)
        content, revision = (answer.content, answer.revision) if answer else ({}, 0)
        content = {**content, "text": f"Every form is tried out with those who fill it in, as of {self.took}."}
        drafting.save_section(paper, CLAUSE, content, base_revision=revision, by=by, at=self.at)

    def by_sql(self, who: str, statements: tuple[str, ...], *, other: str, status: str) -> None:
        """Carry statements out, one after the other, in one transaction of a person."""
        version = session().scalar(
            text("select current_version_id from strategy where id = :paper"), {"paper": self.paper_id}
        )
        known = {"paper": self.paper_id, "version": version, "other": self.people[other], "status": status}
        with self._step(who) as by:
            for statement in statements:
                session().execute(text(statement), {**known, "me": by.id, "at": self.at})

    @contextmanager
    def tentatively(self) -> Iterator[Callable[[], None]]:
        """What is done in the block stays, unless the block calls for undoing it."""
        session().remove()
        savepoint = self.connection.begin_nested()

        def undo() -> None:
            session().remove()
            savepoint.rollback()

        yield undo
        session().remove()
        if savepoint.is_active:
            savepoint.commit()

    def e_mails_go_out(self) -> None:
        """The sender, who works as the system, sends what is owed."""
        for said in ("state = 'sending', lease_until = now()", "state = 'sent', sent_at = now(), lease_until = null"):
            session().execute(text(f"update notice set {said} where state in ('owed', 'sending')"))
        session().commit()

    def kept(self) -> dict[tuple[str, int], str]:
        """What stays for good: a hash of each row, by table and number."""
        return {(table, number): sha256 for table, number, sha256 in session().execute(text(KEPT)).tuples()}

    def told(self) -> Told:
        """The paper as the tables tell it."""
        row: dict[str, Any] = session().scalar(text(PAPER), {"paper": self.paper_id}) or {}
        called = {number: who for who, number in self.people.items()}

        def those(numbers: list[int] | None) -> frozenset[str]:
            return frozenset(called[number] for number in numbers or [])

        return Told(
            status=row["status"],
            written_by=those(row["written_by"]),
            out=those(row["out"]),
            reports=tuple((called[by], outcome, called.get(checker)) for by, outcome, checker in row["reports"] or []),
            versions=tuple(
                ToldVersion(
                    by=called[each["by"]],
                    asked=those(each["asked"]),
                    declined=those(each["declined"]),
                    spoke=those(each["spoke"]),
                    advised_by=called.get(each["advised_by"]),
                    decided=(each["decided"][0], called[each["decided"][1]]) if each["decided"] else None,
                )
                for each in row["versions"] or []
            ),
        )
