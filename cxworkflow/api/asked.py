"""What a request asks: by whom, when, which query and body, on which state it builds."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, TypeVar

from flask import request
from pydantic import ValidationError
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    PreconditionFailed,
    PreconditionRequired,
    UnsupportedMediaType,
)

from cxworkflow.api.endpoint import Endpoint, Files, Sent
from cxworkflow.errors import Fault, InvalidInput
from cxworkflow.lifecycle import Action, after
from cxworkflow.models import Person, Strategy
from cxworkflow.permissions import Permission, require
from cxworkflow.queries.strategies import known
from cxworkflow.uploads.examining import Examined, ask_scanner, examine
from cxworkflow.uploads.kinds import KINDS
from cxworkflow.web import current

Kind = TypeVar("Kind", bound=Sent)
Revision = TypeVar("Revision", int, str)
BYTES = "application/octet-stream"
# What is attached: as any bytes, or as what its name says.
ATTACHED = Files((BYTES, *(kind.media_type for kind in KINDS.values())), lambda settings: settings.largest_attachment)


class Asked:
    """One request to an endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.query = _query(endpoint)
        self.fault: InvalidInput | HTTPException | None = None

    @property
    def by(self) -> Person:
        """Whose token it is."""
        return current.person()

    @property
    def at(self) -> datetime:
        """The moment of the request."""
        return current.now()

    def strategy(
        self, strategy_id: int, permission: Permission, action: Action | None = None, *, clause: str | None = None
    ) -> Strategy:
        """The strategy, for who may do this to it, and at its time: the first two gates; the verb asks again.

        Raises NotFound also where the person may not know of it, NotAllowed, NotNow.
        """
        strategy = known(self.by, strategy_id, at=self.at)
        require(self.by, permission, strategy, at=self.at, clause=clause)
        if action is not None:
            after(strategy.status, action)
        return strategy

    def body(self, kind: type[Kind]) -> Kind:
        """The JSON that was sent, in this shape. Who may not do it at all, or not now, is told so before it is read.

        Raises InvalidInput with every fault.
        """
        if request.mimetype != "application/json":
            raise UnsupportedMediaType(f"This takes JSON, not {request.mimetype or 'nothing'}.")
        try:
            return kind.model_validate_json(request.get_data())
        except ValidationError as error:
            if any(each["type"] == "json_invalid" for each in error.errors()):
                raise BadRequest("What you sent is no JSON that could be read.") from None
            raise InvalidInput(None, _faults(error)) from None

    def scanned(self, name: str) -> BytesIO:
        """A file that is read for what it says, and not kept: only the scanner looks at it before.

        `name` is what it is called where that is told. Raises InvalidInput, and what HTTP asks for where it is of
        another type, or too large.
        """
        content = BytesIO(self._sent())
        ask_scanner(name, content, current.settings().clamd_url)
        content.seek(0)
        return content

    def _sent(self) -> bytes:
        brings = self.endpoint.brings
        assert brings is not None
        if request.mimetype not in brings.media_types:
            offered = ", ".join(brings.media_types)
            raise UnsupportedMediaType(f"This takes a file as {offered}, not {request.mimetype or 'nothing'}.")
        return request.get_data()

    def file(self, name: str) -> Examined:
        """The file that was sent under this name, checked as on the pages: by its content, and by the scanner.

        Raises InvalidInput, and what HTTP asks for where it is of another type, or too large.
        """
        settings, content = current.settings(), self._sent()
        file = examine(name, content, largest=settings.largest_attachment, clamd_url=settings.clamd_url)
        if request.mimetype not in (BYTES, file.kind.media_type):
            reason = f"“{file.name}” is no {request.mimetype}: send it as {file.kind.media_type}, or as {BYTES}."
            raise InvalidInput(None, [Fault("file", reason)])
        return file

    def words(self, kind: type[Kind]) -> Kind:
        """The same of a body in which nothing but texts has to stand.

        What can't be read counts as empty: so the verb says first whether it may be done at all, and now, as it does
        for a form that is empty. The fault is told where it would have been done, or would have missed the text.
        """
        try:
            return self.body(kind)
        except (InvalidInput, HTTPException) as fault:
            self.fault = fault
            missing: dict[str, Any] = {name: "" for name, field in kind.model_fields.items() if field.is_required()}
            return kind.model_construct(**missing)

    def builds_on(self, present: Revision) -> Revision:
        """The revision or mark that is there, which has to be the one in If-Match; raises what HTTP asks for."""
        given = request.if_match
        if not given.as_set(include_weak=True):
            raise PreconditionRequired(
                "Send the ETag of what you have read in the header If-Match, so that nobody’s words are overwritten "
                "unseen. * is not accepted."
            )
        if not given.contains(str(present)):
            raise PreconditionFailed("It is not any more what you have read. Nothing was overwritten: read it again.")
        return present


def _query(endpoint: Endpoint) -> Sent:
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise InvalidInput(None, [Fault(name, "Give it once.") for name in twice])
    try:
        return endpoint.asks.model_validate_strings(request.args.to_dict(), strict=True)
    except ValidationError as error:
        raise InvalidInput(None, _faults(error)) from None


def _faults(error: ValidationError) -> Sequence[Fault]:
    found = error.errors(include_url=False, include_input=False, include_context=False)[:100]
    return [Fault(".".join(map(str, each["loc"])), f"{each['msg']}.") for each in found]
