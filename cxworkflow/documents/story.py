"""One strategy's whole story as a folder that anybody can read, and verify with one file of plain Python."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import rfc8785

from cxworkflow import verify_record
from cxworkflow.documents import story_pages
from cxworkflow.mail import compose
from cxworkflow.models import PolicyEdition, Strategy
from cxworkflow.models.notice import NoticeState
from cxworkflow.policies.answers import canonical
from cxworkflow.queries.story import Story, content_of, story
from cxworkflow.services import record_checks

Piece = tuple[str, Iterator[bytes]]
Proof = dict[str, Any]
LINES_AT_ONCE = 500  # of the record, in one piece


@dataclass
class Folder:
    """The files of a story, one after the other; what was given out is hashed on its way into the manifest."""

    strategy: Strategy
    sender: str
    base_url: str
    hashes: dict[str, str] = field(default_factory=dict)
    last: tuple[int, str] = (0, verify_record.NOTHING)

    @property
    def name(self) -> str:
        """What the folder is called: cbp-order-7."""
        return f"{self.strategy.component.code}-{self.strategy.edition.code}".lower().replace("&", "")

    def files(self) -> Iterator[Piece]:
        """Each file's name and content in pieces; every file has to be read to its end before the next."""
        told = story(self.strategy)
        for name, pieces in self._files(told):
            yield name, self._hashing(name, pieces)
        manifest = {
            "strategy": {"component": self.strategy.component.code, "policy": self.strategy.edition.code},
            "files": self.hashes,
            "record": {"lines": self.last[0], "hash": self.last[1]},
            "proofs": proofs(told),
        }
        written = json.dumps(manifest, indent=1, ensure_ascii=False).encode() + b"\n"
        yield verify_record.MANIFEST, iter([written])
        seal = f"{sha256(written).hexdigest()}  {verify_record.MANIFEST}\n"
        yield verify_record.SEAL, iter([seal.encode()])

    def _files(self, told: Story) -> Iterator[Piece]:
        for name, text in story_pages.pages(told):
            yield name, iter([text.encode()])
        for version in told.versions:
            policy, component = version.edition.code, self.strategy.component.code
            whole = canonical(policy, component, version.title, version.content, version.attachments)
            yield f"versions/{version.number}.json", iter([whole])
        for edition in _editions(told):
            yield f"editions/{edition.sha256}.json", iter([rfc8785.dumps(edition.content)])
        for digest, attachment in {each.sha256: each for each in told.attachments}.items():
            yield f"attachments/{digest}.{attachment.kind}", iter([content_of(attachment)])
        for letter in told.letters:
            yield f"letters/{letter.decision_id}.pdf", iter([letter.pdf])
        for said in _said(told).values():
            yield said.file, iter([said.text.encode()])
        for notice in told.notices:
            if notice.state is NoticeState.SENT and notice.sent_at is not None and not notice.disposed:
                mail = compose.message(notice, sender=self.sender, base_url=self.base_url, at=notice.sent_at)
                yield f"e-mails/{notice.id}.eml", iter([mail])
        yield verify_record.RECORD, self._lines({event.seq for event in told.events})
        anchors = [json.dumps(each._asdict()) + "\n" for each in record_checks.our_anchors()]
        yield verify_record.ANCHORS, iter(["".join(anchors).encode()])
        yield "verify_record.py", iter([Path(verify_record.__file__).read_bytes()])

    def _lines(self, disclosed: set[int]) -> Iterator[bytes]:
        """The whole record; bodies only of the lines that are disclosed."""
        rows: list[str] = []
        for line in record_checks.chain(disclosed):
            told = {"seq": line.seq, "time": line.time, "body_sha256": line.body_sha256, "hash": line.hash}
            if line.seq in disclosed:
                told["body"] = line.body or ""
            rows.append(json.dumps(told, ensure_ascii=False) + "\n")
            self.last = (line.seq, line.hash)
            if len(rows) == LINES_AT_ONCE:
                yield "".join(rows).encode()
                rows.clear()
        yield "".join(rows).encode()

    def _hashing(self, name: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
        digest = sha256()
        for piece in pieces:
            digest.update(piece)
            yield piece
        self.hashes[name] = digest.hexdigest()


@dataclass(frozen=True)
class Said:
    """A comment or an answer as a file of its own, so that its hash can be compared with the record."""

    file: str
    text: str


def _editions(told: Story) -> list[PolicyEdition]:
    """The policy in each edition under which something was submitted, and in that which the strategy is on."""
    editions = {each.edition.sha256: each.edition for each in told.versions}
    return list((editions | {told.strategy.edition.sha256: told.strategy.edition}).values())


def _said(told: Story) -> dict[str, Said]:
    """What was said in the review, by the SHA-256 of its text."""
    texts = [(f"comments/{each.id}.txt", each.text) for each in told.comments]
    texts += [(f"comments/answer-{reply.id}.txt", reply.text) for each in told.comments for reply in each.replies]
    return {sha256(text.encode()).hexdigest(): Said(name, text) for name, text in texts}


def proofs(told: Story) -> list[Proof]:
    """Which line of the record holds the SHA-256 of which file, and where in its body."""
    said, kinds = _said(told), {each.sha256: each.kind for each in told.attachments}
    numbers = {version.id: version.number for version in told.versions}
    found: list[Proof] = []
    for event in told.events:
        digest = str(event.details.get("sha256", ""))
        if event.verb == "submit" and event.version_id in numbers:
            file = f"versions/{numbers[event.version_id]}.json"
            found.append({"file": file, "line": event.seq, "key": ["sha256"]})
            if "edition" in event.details:
                under = f"editions/{event.details['edition']}.json"
                found.append({"file": under, "line": event.seq, "key": ["details", "edition"]})
        elif event.verb == "attached" and digest in kinds:
            file = f"attachments/{digest}.{kinds[digest]}"
            found.append({"file": file, "line": event.seq, "key": ["details", "sha256"]})
        elif (text := said.get(str(event.details.get("text_sha256")))) is not None:
            found.append({"file": text.file, "line": event.seq, "key": ["details", "text_sha256"]})
    return found
