"""Who is signed in where, the links that sign people in by e-mail, and as whom providers know them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxworkflow.db import Base
from cxworkflow.models.columns import Id, PersonId
from cxworkflow.models.people import Person

REAL_TIME = text("clock_timestamp()")


class SignIn(Base):
    """Somebody signed in, in one browser: only the SHA-256 of what its cookie holds is known here.

    The moments are real time, not the demo's. `way` is "demo", "e-mail" or the name of an identity provider.
    """

    __tablename__ = "sign_in"

    id: Mapped[Id]
    token_sha256: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[PersonId]
    way: Mapped[str]
    department: Mapped[str | None]  # in which the person works now, if it was chosen
    began_at: Mapped[datetime] = mapped_column(server_default=REAL_TIME)
    seen_at: Mapped[datetime] = mapped_column(server_default=REAL_TIME)
    person: Mapped[Person] = relationship()


class SignInLink(Base):
    """A link that signs one person in, once, in the browser that asked for it. The moments are real time.

    The secret in its address is stored nowhere: it follows from `nonce` and the secret key.
    """

    __tablename__ = "sign_in_link"
    __table_args__ = (Index("ix_sign_in_link_unsent", "made_at", postgresql_where=text("sent_at is null")),)

    id: Mapped[Id]
    nonce: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    person_id: Mapped[PersonId]
    browser_sha256: Mapped[str]
    leads_to: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=REAL_TIME)
    next_try_at: Mapped[datetime] = mapped_column(server_default=REAL_TIME)
    sent_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    person: Mapped[Person] = relationship()


class Identity(Base):
    """As whom an identity provider knows a person: one subject for each person and issuer, for good."""

    __tablename__ = "identity"
    __table_args__ = (
        Index("uq_identity_issuer_subject", "issuer", "subject", unique=True),
        Index("uq_identity_person_id_issuer", "person_id", "issuer", unique=True),
    )

    id: Mapped[Id]
    person_id: Mapped[PersonId]
    issuer: Mapped[str]
    subject: Mapped[str]
    linked_at: Mapped[datetime]
    person: Mapped[Person] = relationship()
