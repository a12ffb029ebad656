"""The tours: for each role, in which order its work comes, and where each step is done."""

from cxworkflow.models import Role
from cxworkflow.web.tour_parts import (
    ANSWER_DRAFTS,
    ASK,
    CALENDAR,
    CLEAR_QUARTERS,
    COORDINATE,
    FOLLOW_QUARTERS,
    HOME,
    OFFLINE,
    PUBLISH_GUIDANCE,
    READ_GUIDANCE,
    REGISTER,
    REPORT_QUARTERS,
    SIGN,
    WRITE,
    Step,
    Tour,
)

CONTRIBUTOR = Tour(
    "You write the sections that your Component’s lead gives to you.",
    (HOME, WRITE, OFFLINE, ASK),
)
LEAD = Tour(
    "You bring your Component’s strategy from its first draft to approval, and report when it is implemented.",
    (
        HOME,
        Step(
            "Begin the strategy",
            "Your Component’s page has the button. The strategy has one section for each clause that asks for one.",
            "/components/",
            "Find your Component",
        ),
        Step(
            "Share the work",
            "On the strategy’s page, assign sections to contributors. You can write all of them yourself.",
        ),
        WRITE,
        OFFLINE,
        ANSWER_DRAFTS,
        READ_GUIDANCE,
        Step(
            "Check it, then certify and submit",
            "The strategy’s page lists what is missing and what is weak, with a link to each place. When nothing is "
            "missing, you or your executive certify it. What was submitted is frozen as a numbered version.",
        ),
        Step(
            "Answer the reviewers",
            "Comments stand beside the sections they are about. If the strategy is returned, the letter lists what "
            "has to change; submit again when it is done.",
        ),
        Step(
            "Keep an eye on the dates, and ask for more time if you need it",
            "Each clock’s page says why it is due when it is, and who is reminded. Ask for an extension there.",
            "/clocks/",
            "See your clocks",
        ),
        CALENDAR,
        REPORT_QUARTERS,
        ASK,
    ),
)
EXECUTIVE = Tour(
    "You answer for your Component’s strategy: you may certify it, and are told when a date is near.",
    (
        HOME,
        Step(
            "Read the strategy",
            "Your Component’s page leads to it. The draft is yours to read at any time; the lead writes it.",
            "/components/",
            "Find your Component",
        ),
        Step("Certify and submit", "When nothing is missing, you or the lead certify the strategy and submit it."),
        Step("Follow the dates", "E-mails come before a date and after it has passed.", "/clocks/", "See the clocks"),
        ASK,
    ),
)
REVIEWER = Tour(
    "You read what Components submit, comment on it, rate it and recommend.",
    (
        HOME,
        Step(
            "See what is under review",
            "The Directorate’s page has every Component and how it stands. You act on strategies assigned to you.",
            "/directorate",
            "Open the Directorate’s page",
        ),
        Step(
            "Comment",
            "On the page of the review, comment on a section or on one row: as a must-change, a suggestion or a plain "
            "comment, for the Component or for the review team only.",
        ),
        Step("Rate the sections", "The rubric asks one question for each section: it meets it, partly, or does not."),
        Step(
            "See what changed",
            "After a return, one page sets two versions beside each other. Confirm each must-change there.",
        ),
        Step(
            "Recommend, or step back",
            "Recommend approval or a return. Decline if you have no time; recuse yourself if you have a conflict.",
        ),
        ASK,
    ),
)
DIRECTORATE_LEAD = Tour(
    "You steer the reviews, return what is not ready, and recommend to the Chief Information Officer.",
    (
        HOME,
        Step(
            "See how the Department stands",
            "Every figure opens the list behind it.",
            "/directorate",
            "Open the Directorate’s page",
        ),
        Step(
            "Assign reviewers",
            "On the page of a review. Nobody reviews a paper of their own Component, or one that they wrote.",
        ),
        Step(
            "Return, or recommend",
            "A return gathers the open must-changes into its letter. A recommendation ends the review.",
        ),
        COORDINATE,
        PUBLISH_GUIDANCE,
        FOLLOW_QUARTERS,
        Step("Try out what if", "See what a delay or a closed office would do to every date.", "/what-if", "Try it"),
        Step(
            "Follow up on e-mails",
            "Every reminder and notice is listed with what became of it.",
            "/notices/",
            "See the notices",
        ),
        ASK,
    ),
)
CIO = Tour(
    "You decide: approve or return a strategy, grant more time, name who acts for you.",
    (
        HOME,
        Step(
            "Decide on a strategy",
            "The page of a decision has the recommendation, the rubric, what changed and the very version, with its "
            "hash. You approve, with conditions if you wish, or return. The letter is made at once.",
            "/directorate",
            "See what waits on a decision",
        ),
        Step(
            "Grant or refuse more time, pause and resume clocks",
            "On the page of a clock. The original date is kept beside the new one.",
            "/clocks/",
            "See all clocks",
        ),
        Step(
            "Name somebody to act for you",
            "For given dates. The record says that they acted for you.",
            "/people/acting",
            "Name an acting Chief Information Officer",
        ),
        CLEAR_QUARTERS,
        SIGN,
        Step("Look into the record", "Who did what, as whom and when.", "/record", "Open the record"),
        ASK,
    ),
)
AUDITOR = Tour(
    "You read everything and change nothing, but for legal holds.",
    (
        Step(
            "Read the record",
            "Each line holds the hash of the one before. It is checked every night.",
            "/record",
            "Open the record",
        ),
        Step("Take out a story", "All about one strategy, with a program that checks it.", "/record", "Choose one"),
        Step("Place a legal hold", "What is held is never disposed of.", "/retention", "Open retention"),
        REGISTER,
        ASK,
    ),
)
ADMINISTRATOR = Tour(
    "You look after people, roles and the running system. Strategies are not yours to read.",
    (
        Step(
            "Add people and give them roles",
            "A role counts from one day until another. A page of each person has it all.",
            "/people",
            "See the people",
        ),
        Step(
            "Confirm the accounts each quarter",
            "The list of everybody, to be confirmed or corrected.",
            "/people/review",
            "Open the account review",
        ),
        Step(
            "Settle e-mails that did not arrive",
            "A failed one can be tried again; one in doubt waits for your decision.",
            "/notices/",
            "See the notices",
        ),
        Step("See that all parts work", "The last sweep, backlog, workers.", "/status", "Open the status page"),
        Step("Propose what is disposed of", "A second person confirms it.", "/retention", "Open retention"),
    ),
)
TOURS: dict[Role, Tour] = {
    Role.CONTRIBUTOR: CONTRIBUTOR,
    Role.LEAD: LEAD,
    Role.HQ_LEAD: LEAD,
    Role.EXECUTIVE: EXECUTIVE,
    Role.REVIEWER: REVIEWER,
    Role.DIRECTORATE_LEAD: DIRECTORATE_LEAD,
    Role.CIO: CIO,
    Role.AUDITOR: AUDITOR,
    Role.ADMINISTRATOR: ADMINISTRATOR,
}
