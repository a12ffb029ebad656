"""What was published lately, as an Atom feed (RFC 4287)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from cxworkflow.models import Published

ATOM = "http://www.w3.org/2005/Atom"


def feed(published: Iterable[Published], *, base_url: str, owner: str) -> bytes:
    """The feed, its entries in the order in which they come. It names offices, and nobody."""
    entries = list(published)
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "en-US"})
    _say(root, "title", "Published customer experience strategies")
    _say(root, "id", f"{base_url}/published")
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{base_url}/published/feed.atom"})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": f"{base_url}/published"})
    _say(SubElement(root, "author"), "name", owner)
    newest = max((each.published_at for each in entries), default=datetime(2011, 4, 27, tzinfo=UTC))
    _say(root, "updated", _moment(newest))
    for each in entries:
        entry = SubElement(root, "entry")
        _say(entry, "title", f"{each.code}: {each.title}")
        _say(entry, "id", f"{base_url}{each.path}")
        _say(entry, "published", f"{each.first_published_on.isoformat()}T00:00:00Z")
        _say(entry, "updated", _moment(each.published_at))
        _say(SubElement(entry, "author"), "name", each.owner)
        _say(entry, "summary", f"{each.owner}, under {each.about}.")
        SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": f"{base_url}{each.path}"})
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _say(parent: Element, name: str, words: str) -> None:
    SubElement(parent, name).text = words


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
