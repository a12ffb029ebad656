"""What the public reads without signing in: the list, each plan as a page and as files, metrics, open data, a feed.

These pages are the same for everybody, signed in or not, so they can be kept by whoever passes them on, for a minute;
afterwards they ask whether anything is new. They read one table, in which nothing that is withheld ever was.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import rfc8785
from flask import Blueprint, Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from cxworkflow.calendar import day_of
from cxworkflow.db import session
from cxworkflow.documents.csv_file import csv_bytes
from cxworkflow.documents.feed import feed
from cxworkflow.documents.files import FILE_KINDS, kind_of
from cxworkflow.papers import Document
from cxworkflow.queries import published as queries
from cxworkflow.web import charts, current
from cxworkflow.web.guard import for_all
from cxworkflow.web.lists import Choice, Column, Listing, iso
from cxworkflow.wording import long_date

pages = Blueprint("published", __name__)
PLAN = "/published/<policy>/<component>"
KEPT_FOR = 60  # seconds, by whoever passes it on
KEPT_FILES = 32  # made in this process lately
IN_FEED = 50
LIST = ("Component", "Name", "Title", "Policy", "First published", "Published", "Address", "SHA-256")
COLUMNS = (
    Column("Component", lambda each: each.owner, "component"),
    Column("Strategy", lambda each: each.title, "title"),
    Column("Under", lambda each: each.about),
    Column("Published", lambda each: iso(day_of(each.published_at)), "published"),
)
METRICS = (
    *("Component", "Policy", "Clause", "Metric", "Kind", "Unit", "Better", "Baseline", "Target", "By"),
    *("On", "Value"),  # of a reading
)
_files: OrderedDict[tuple[str, str], bytes] = OrderedDict()


def register(app: Flask) -> None:
    """Say numbers on these pages, and how long an answer may be kept."""
    app.jinja_env.filters["plain_number"] = lambda value: "Not told" if value is None else f"{value:,}"
    app.after_request(_may_be_kept)


@pages.get("/published")
@for_all
def index() -> ResponseReturnValue:
    """All that is published, a page at a time."""
    listing = _listing()
    page = listing.turn(queries.listed(listing["policy"]))
    return _page("published/index.html", listing=listing, page=page)


@pages.get("/published/strategies.csv")
@for_all
def list_csv() -> Response:
    """The list as CSV, or what was chosen of it."""
    return _data(csv_bytes([LIST, *(tuple(each.values()) for each in _list())]), FILE_KINDS["csv"].media_type)


@pages.get("/published/strategies.json")
@for_all
def list_json() -> Response:
    """The list as JSON."""
    return _json({"strategies": _list()})


@pages.get("/published/metrics.csv")
@for_all
def metrics_csv() -> Response:
    """The metrics of all that is published, one line for each reading, or for the metric where it has none."""
    lines = (line for text in queries.texts() for line in _metric_lines(text))
    return _data(csv_bytes([METRICS, *lines]), FILE_KINDS["csv"].media_type)


@pages.get("/published/metrics.json")
@for_all
def metrics_json() -> Response:
    """The same as JSON."""
    return _json(
        {
            "metrics": [
                {"component": text.published.code, "policy": text.published.policy, **metric}
                for text in queries.texts()
                for metric in text.metrics
            ]
        }
    )


@pages.get("/published/feed.atom")
@for_all
def atom() -> Response:
    """What was published lately."""
    told = feed(queries.latest(IN_FEED), base_url=current.settings().base_url, owner="CX Directorate")
    return _data(told, "application/atom+xml; charset=utf-8")


@pages.get(PLAN)
@for_all
def one(policy: str, component: str) -> ResponseReturnValue:
    """A published strategy."""
    text = queries.one(policy, component)
    return _page(
        "published/plan.html",
        told=text.published,
        document=text.document,
        metrics=text.metrics,
        chart_of=charts.metric_chart,
        file_kinds=FILE_KINDS.values(),
    )


@pages.get(f"{PLAN}/plan.<ending>")
@for_all
def plan_file(policy: str, component: str, ending: str) -> Response:
    """A published strategy as a file. The JSON is the very text that was released, under its SHA-256."""
    kind, text = kind_of(ending), queries.one(policy, component)
    told = text.published
    if ending == "json":
        return _data((told.document or "").encode(), kind.media_type)
    content = _kept(f"{told.sha256} {told.published_at}", ending, lambda: kind.make(_dated(text), at=told.published_at))
    answer = _data(content, kind.media_type)
    if ending != "csv":
        answer.headers.set("Content-Disposition", "inline", filename=f"{component}-{policy}.{ending}")
    return answer


@pages.get(f"{PLAN}/metrics.csv")
@for_all
def plan_metrics_csv(policy: str, component: str) -> Response:
    """Its metrics as CSV."""
    return _data(csv_bytes([METRICS, *_metric_lines(queries.one(policy, component))]), FILE_KINDS["csv"].media_type)


@pages.get(f"{PLAN}/metrics.json")
@for_all
def plan_metrics_json(policy: str, component: str) -> Response:
    """Its metrics as JSON."""
    return _json({"metrics": queries.one(policy, component).metrics})


@pages.get("/robots.txt")
@for_all
def robots() -> Response:
    """What machines may read: what is published, and nothing besides."""
    return _data(b"User-agent: *\nAllow: /published\nDisallow: /\n", "text/plain; charset=utf-8")


def _page(template: str, **values: Any) -> Response:
    # The same for everybody: no clock of a demo, nobody's name.
    page = render_template(template, **values, demo=False, for_all=True)
    return _data(page.encode(), "text/html; charset=utf-8")


def _json(value: Any) -> Response:
    return _data(rfc8785.dumps(value), FILE_KINDS["json"].media_type)


def _data(content: bytes, media_type: str) -> Response:
    """An answer with the tag by which whoever has it already is spared it."""
    answer = Response(content, content_type=media_type)
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _may_be_kept(answer: Response) -> Response:
    if request.blueprint == pages.name and answer.status_code in (200, 304):
        answer.headers["Cache-Control"] = f"public, max-age={KEPT_FOR}, must-revalidate"
        answer.headers.pop("Set-Cookie", None)
        answer.headers.pop("Vary", None)
    return answer


def _kept(key: str, ending: str, make: Callable[[], bytes]) -> bytes:
    """A file that was made lately, or that is made now."""
    found = _files.pop((key, ending), None)
    _files[key, ending] = found if found is not None else make()
    while len(_files) > KEPT_FILES:
        _files.popitem(last=False)
    return _files[key, ending]


def _dated(text: queries.PublicText) -> Document:
    published = {"label": "Published", "words": long_date(text.published.published_at)}
    return {**text.document, "facts": [*text.document["facts"], published]}  # type: ignore[list-item]


def _listing() -> Listing:
    """The list as it was asked for. Its CSV is the open data, at an address that stays."""
    offered = [(each, each) for each in queries.policies()]
    return Listing("strategies", COLUMNS, queries.ORDERS, [Choice("policy", "Under", offered)])


def _list() -> list[dict[str, str]]:
    base, listing = current.settings().base_url, _listing()
    return [
        {
            "component": each.code,
            "name": each.owner,
            "title": each.title,
            "policy": each.policy,
            "first_published": each.first_published_on.isoformat(),
            "published": each.published_at.isoformat(),
            "address": f"{base}{each.path}",
            "sha256": each.sha256 or "",
        }
        for each in session().scalars(listing.in_order(queries.listed(listing["policy"])))
    ]


def _metric_lines(text: queries.PublicText) -> Iterator[tuple[str, ...]]:
    told = text.published
    for metric in text.metrics:
        named = ("name", "kind", "unit", "direction", "baseline", "target", "by")
        facts = (told.code, told.policy, metric["clause"], *(_plain(metric[name]) for name in named))  # type: ignore[literal-required]
        if not metric["readings"]:
            yield (*facts, "", "")
        for reading in metric["readings"]:
            yield (*facts, reading["on"], _plain(reading["value"]))


def _plain(value: object) -> str:
    return "" if value is None else str(value)
