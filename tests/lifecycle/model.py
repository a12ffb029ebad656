"""A strategy's life as `domain.md` tells it, in plain Python: who may take which step when, and what follows.

Nothing of the application is used here. A paper is of CBP; people are called by what they are.
"""

from dataclasses import dataclass, field, replace

OF_CBP = frozenset({"lead", "executive", "contributor", "lead and CIO"})
LEADS = frozenset({"lead", "lead and CIO"})
SPEAK_FOR_CBP = LEADS | {"executive"}  # the lead submits and reports, the executive certifies
REVIEWERS = frozenset({"reviewer", "second reviewer"})
DIRECTORATE_LEADS = frozenset({"Directorate lead", "adviser"})
CIOS = frozenset({"CIO", "adviser", "lead and CIO"})  # the adviser leads the Directorate, too
OUTSIDERS = frozenset({"lead of ICE", "auditor", "administrator"})
PEOPLE = sorted(OF_CBP | REVIEWERS | DIRECTORATE_LEADS | CIOS | OUTSIDERS)

# Step: the statuses in which it can be taken.
WHEN = {
    "write": {"draft", "returned"},
    "submit": {"draft", "returned"},
    "withdraw": {"submitted", "recommended"},
    "assign": {"submitted"},
    "decline": {"submitted"},
    "rate": {"submitted"},
    "comment": {"submitted", "recommended"},
    "recommend": {"submitted"},
    "return": {"submitted", "recommended"},
    "approve": {"submitted", "recommended"},
    "report": {"approved"},
    "send report back": {"approved"},
    "accept report": {"approved"},
    "step out": {"draft", "submitted", "recommended", "returned"},
    "take off": {"draft", "submitted", "recommended", "returned"},
}
LEADS_TO = {
    "submit": "submitted",
    "withdraw": "draft",
    "recommend": "recommended",
    "return": "returned",
    "approve": "approved",
    "accept report": "implemented",
}


@dataclass(frozen=True)
class Version:
    """What was submitted, by whom, and what was said of it."""

    by: str
    asked: frozenset[str] = frozenset()  # to review it
    declined: frozenset[str] = frozenset()
    spoke: frozenset[str] = frozenset()  # commented or rated
    advised_by: str | None = None
    decided: tuple[str, str] | None = None  # what, and by whom


@dataclass(frozen=True)
class Paper:
    """Where the paper stands, and all that it rests on."""

    status: str = "draft"
    written_by: frozenset[str] = frozenset({"lead"})
    versions: tuple[Version, ...] = ()
    out: frozenset[str] = field(default_factory=frozenset)
    reports: tuple[tuple[str, str | None, str | None], ...] = ()  # by whom, what became of it, by whom

    @property
    def asked(self) -> frozenset[str]:
        """Who reviews the present version."""
        return self.versions[-1].asked - self.versions[-1].declined if self.versions else frozenset()

    @property
    def report_waits(self) -> bool:
        """Whether a report of the implementation waits to be checked."""
        return bool(self.reports) and self.reports[-1][1] is None

    def has_a_conflict(self, who: str) -> bool:
        """No one reviews or approves what they wrote or what is their Component's; who is recused is out."""
        return who in OF_CBP | self.written_by | self.out or any(each.by == who for each in self.versions)

    def has_reviewed(self, who: str) -> bool:
        """Whether somebody had a part in the review of any version."""
        return any(
            who in each.asked - each.declined or who in each.spoke or who == each.advised_by for each in self.versions
        )

    def may(self, step: str, who: str, whom: str = "") -> bool:
        """Whether this person may take this step now; `whom` it is about, where it is about somebody."""
        free = not self.has_a_conflict(who)
        leads, reviews = free and who in DIRECTORATE_LEADS, free and who in self.asked
        asked = [each.asked for each in self.versions]
        can_review = whom in REVIEWERS | DIRECTORATE_LEADS and not self.has_a_conflict(whom)
        decides = free and who in CIOS and not self.has_reviewed(who)
        checks = leads or reviews or (free and who in CIOS)
        allowed = {
            "write": who in LEADS,
            "submit": who in SPEAK_FOR_CBP,
            "withdraw": who in SPEAK_FOR_CBP,
            "assign": leads and can_review and whom not in (asked[-1] if asked else ()),
            "decline": reviews,
            "comment": leads or reviews,
            "rate": leads or reviews,
            "recommend": leads or reviews,
            "return": leads or decides,
            "approve": decides,
            "report": who in SPEAK_FOR_CBP and not self.report_waits,
            "send report back": self.report_waits and checks,
            "accept report": self.report_waits and checks,
            "step out": who in REVIEWERS | DIRECTORATE_LEADS and bool(asked) and who not in self.out,
            "take off": leads and any(whom in those for those in asked) and whom not in self.out,
        }
        return self.status in WHEN[step] and allowed[step]

    def _reported(self, step: str, who: str) -> tuple[tuple[str, str | None, str | None], ...]:
        if step == "report":
            return (*self.reports, (who, None, None))
        outcome = "accepted" if step == "accept report" else "sent-back"
        return (*self.reports[:-1], (self.reports[-1][0], outcome, who))

    def submitted_to_nobody(self, who: str) -> "Paper":
        """The paper when it is submitted by plain SQL, which names nobody again who reviewed it before."""
        return replace(self, status="submitted", versions=(*self.versions, Version(who)))

    def after(self, step: str, who: str, whom: str = "") -> "Paper":
        """The paper when the step has been taken."""
        now = replace(self, status=LEADS_TO.get(step, self.status))
        if step == "submit":
            again = frozenset(each for each in self.asked if not self.has_a_conflict(each))
            return replace(now, versions=(*self.versions, Version(who, asked=again)))
        if step == "write":
            return replace(now, written_by=self.written_by | {who})
        if "report" in step:
            return replace(now, reports=self._reported(step, who))
        if step in ("step out", "take off"):
            return replace(now, out=self.out | {whom or who})
        if step == "withdraw":
            return now
        present = self.versions[-1]
        said = {
            "assign": replace(present, asked=present.asked | {whom}),
            "decline": replace(present, declined=present.declined | {who}),
            "comment": replace(present, spoke=present.spoke | {who}),
            "rate": replace(present, spoke=present.spoke | {who}),
            "recommend": replace(present, advised_by=who),
            "return": replace(present, decided=("returned", who)),
            "approve": replace(present, decided=("approved", who)),
        }[step]
        return replace(now, versions=(*self.versions[:-1], said))


def steps_by(who: str) -> list[tuple[str, str]]:
    """Every step that one person could try, with whom it is about."""
    about = {"assign": sorted(REVIEWERS | DIRECTORATE_LEADS | {"lead", "auditor"}), "take off": sorted(REVIEWERS)}
    return [(step, whom) for step in WHEN for whom in about.get(step, [""])]


def explained(before: Paper, after: Paper, who: str) -> bool:
    """Whether one person alone can have brought about what is different, by steps that they may take: three at most."""
    found = {before}
    for _ in range(3):
        found |= {
            paper.after(step, who, whom)
            for paper in found
            for step, whom in steps_by(who)
            if paper.may(step, who, whom)
        } | {paper.submitted_to_nobody(who) for paper in found if paper.may("submit", who)}
    return after in found
