"""A client that knows nothing of our code walks from the draft to the CIO's approval by the API alone."""

import re
from typing import Any

import httpx
import pytest

from tests.functional.conftest import Demo
from tests.stage import answers
from tests.uploads.samples import png

pytestmark = [pytest.mark.integration, pytest.mark.clause("IV.b")]

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


def token_of(address: str, name: str, *scopes: str) -> str:
    """The secret of a token that a person of the demo makes in a browser; from then on no cookie is sent."""
    with httpx.Client(base_url=address, follow_redirects=True) as browser:
        page = browser.get("/sign-in").text
        person = re.search(rf'name="person" value="(\d+)"[^>]*><span>{name}', page)
        assert person is not None, name
        browser.post("/sign-in", data={"csrf_token": CSRF.findall(page)[0], "person": person[1]})
        form = {"name": "A walk", "days": "7", **{scope.partition(":")[0]: scope for scope in scopes}}
        form["csrf_token"] = CSRF.findall(browser.get("/me/tokens").text)[0]
        found = re.search(r'value="(cxw_[\w-]{43})"', browser.post("/me/tokens", data=form).text)
        assert found is not None
        return found[1]


class Client:
    """A program of one person."""

    def __init__(self, address: str, token: str) -> None:
        self.http = httpx.Client(base_url=f"{address}/api/v1", headers={"Authorization": f"Bearer {token}"})

    def get(self, path: str) -> Any:
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **sent: Any) -> Any:
        answer = self.http.post(path, json=sent)
        assert answer.status_code == 200, answer.text
        return answer.json()


def test_from_draft_to_approval(demo: Demo) -> None:
    writing = ("policies:read", "strategies:write", "reviews:write", "clocks:read")
    lead = Client(demo.address, token_of(demo.address, "George Lambert", *writing))
    directorate = Client(demo.address, token_of(demo.address, "Marcus Oyelaran", "reviews:write", "strategies:read"))
    reviewer = Client(demo.address, token_of(demo.address, "Dana Whitfield", "reviews:write", "strategies:read"))
    deciding = ("decisions:write", "reviews:read", "strategies:read", "clocks:read", "events:read")
    cio = Client(demo.address, token_of(demo.address, "Ellen Prescott", *deciding))

    # The lead begins, writes every section on top of what is there, and submits exactly what was read.
    policies = {each["id"] for each in lead.get("/policies")["items"]}
    assert "dhs-076-02" in policies
    strategy = lead.post("/components/USSS/strategies", policy="dhs-076-02")
    paper = f"/strategies/{strategy['id']}"
    refused = directorate.http.get(f"{paper}/sections/IV.c.3")
    assert refused.status_code == 200, "the Directorate lead may read a draft"
    assert reviewer.http.get(paper).status_code == 404, "a reviewer may not know of it yet"
    for clause, content in answers(hisp=False).items():
        before = lead.http.get(f"{paper}/sections/{clause}")
        saved = lead.http.put(
            f"{paper}/sections/{clause}", json={"content": content}, headers={"If-Match": before.headers["ETag"]}
        )
        assert saved.status_code == 200, saved.text
        stale = lead.http.put(
            f"{paper}/sections/{clause}", json={"content": {}}, headers={"If-Match": before.headers["ETag"]}
        )
        assert stale.status_code == 412, stale.text
    files, as_it_is = f"{paper}/sections/IV.c.3/attachments", {"Content-Type": "image/png"}
    attached = lead.http.post(files, params={"name": "visitors.png"}, content=png(), headers=as_it_is)
    assert attached.status_code == 200, attached.text
    assert lead.http.post(files, params={"name": "other.png"}, content=b"no", headers=as_it_is).status_code == 422
    draft = lead.get(paper)
    assert [each["clause"] for each in draft["sections"] if each["missing"]] == []
    submitted = lead.post(f"{paper}/submission", certified=True, sha256=draft["draft_sha256"])
    assert (submitted["status"], submitted["version"]) == ("submitted", 1)

    # The Directorate names a reviewer, who asks for a change; it is answered, settled, and the advice given.
    review = directorate.get(f"{paper}/review")
    dana = next(each["id"] for each in review["possible_reviewers"] if each["name"] == "Dana Whitfield")
    directorate.post(f"{paper}/review/reviewers", person=dana)
    asked = reviewer.post(
        f"{paper}/review/comments", version=1, clause="IV.c.3", text="Where is the baseline?", kind="must-change"
    )
    comment = f"{paper}/review/comments/{asked['comments'][0]['id']}"
    lead.post(f"{comment}/answers", text="It is in the second row.")
    reviewer.post(f"{comment}/settled", version=1, settled=True)
    reviewer.post(f"{paper}/review/recommendation", version=1, advice="approved", text="Complete.")

    # The CIO reads the version and approves it, and no other text.
    version = cio.get(f"{paper}/versions/1")
    assert [each["name"] for each in version["attachments"]] == ["visitors.png"]
    file = directorate.http.get(f"/attachments/{attached.json()['address']}")
    assert (file.headers["Content-Type"], file.content) == ("image/png", png())
    other = cio.http.post(f"{paper}/decisions/approval", json={"version": 1, "sha256": "0" * 64})
    assert (other.status_code, other.headers["Content-Type"]) == (409, "application/problem+json")
    decision = cio.post(f"{paper}/decisions/approval", version=1, sha256=version["sha256"])
    assert (decision["outcome"], decision["sha256"]) == ("approved", version["sha256"])
    assert lead.get(paper)["status"] == "approved"
    running = [each for each in lead.get("/clocks")["items"] if each["kind"] == "implementation"]
    assert [each["component"] for each in running] == ["USSS"]
    told = [each["what"] for each in cio.get(f"{paper}/events")["items"]]
    assert told[0] == "begun"
    assert {"submit", "assign", "comment", "recommend", "approve"} <= set(told)
    assert int(cio.http.get("/clocks").headers["RateLimit-Remaining"]) < 300
