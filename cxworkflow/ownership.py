"""Whom the database binds: the application works in a role that owns nothing, or does not start."""

from typing import Any

import psycopg
from sqlalchemy import Engine, event

from cxworkflow.errors import SettingError

_UNBOUND = """
    select current_user from pg_roles
     where rolname = current_user
       and (rolsuper or rolbypassrls or exists (
           select from pg_class
            where relnamespace = 'public'::regnamespace and pg_has_role(current_user, relowner, 'member')))
"""


def refuse_the_unbound(engine: Engine) -> None:
    """Look at the first connection that is made: one that could pass over row-level security is not used.

    Whoever asks for a connection then gets SettingError.
    """
    event.listen(engine, "first_connect", _look)


def _look(connection: psycopg.Connection, _record: Any) -> None:
    unbound = connection.execute(_UNBOUND).fetchone()
    connection.rollback()
    if unbound is not None:
        raise SettingError(
            f"The application would work in the database as “{unbound[0]}”, who owns its tables or is above their "
            "rules, so nothing would keep people's rows apart. Take from that role what it owns, and the attributes "
            "SUPERUSER and BYPASSRLS."
        )
