"""What tours are made of, and the steps that several of them have."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One thing to do: what, how, and the page that it begins on, with the words of the link."""

    title: str
    says: str
    path: str = ""
    link: str = ""


@dataclass(frozen=True)
class Tour:
    """The way through the work of a role."""

    sentence: str
    steps: tuple[Step, ...]


HOME = Step(
    "Start at home each morning",
    "Home lists what waits on you, the soonest due on top. From each line you get to the page where you do it.",
    "/",
    "Open home",
)
REGISTER = Step(
    "Find your way around",
    "The register has every Component. Search, on top of each page, looks through all that you may read.",
    "/components/",
    "Open the register",
)
ASK = Step(
    "Look up what a word or a clause means",
    "The policy’s page says what each clause asks and where it lives here; the glossary explains the words.",
    "/policies/",
    "Read the policy",
)
WRITE = Step(
    "Write a section",
    "Open a section and type: it is saved while you write, and every saved state is kept. Help and an example stand "
    "beside each question, and “What is missing” takes you to the very box. If somebody else saves first, you are "
    "shown both texts.",
)
OFFLINE = Step(
    "Work away from the screen if you like",
    "Download the draft as a Word file or its tables as an Excel file, fill them in, and upload them again. What "
    "could not be placed is said line by line.",
)
ANSWER_DRAFTS = Step(
    "Answer drafts of the CX Directorate",
    "When the Directorate puts a draft to your Component, you answer by its day: concur, concur with comments, or "
    "non-concur with a reason.",
    "/coordination",
    "See what was put to you",
)
READ_GUIDANCE = Step(
    "Read and acknowledge guidance",
    "The library has guidance, playbooks and lessons. Where the Directorate asks for it, say that your Component has "
    "read it. You can offer a lesson of your own.",
    "/guidance",
    "Open the library",
)
REPORT_QUARTERS = Step(
    "Report each quarter, if your Component is a High Impact Service Provider",
    "Keep the register of its services. When a fiscal quarter is over, enter its numbers by service and channel, or "
    "bring in a CSV file, and submit them. Once the Chief Information Officer clears them, send them to OMB and note "
    "it; that stops the clock.",
    "/hisps",
    "Open the board of quarters",
)
FOLLOW_QUARTERS = Step(
    "Follow the quarters of High Impact Service Providers",
    "The board shows each in red, yellow or green, with the rules beside it. A quarter’s page says what it lacks.",
    "/hisps",
    "Open the board of quarters",
)
CLEAR_QUARTERS = Step(
    "Clear the quarterly data of High Impact Service Providers",
    "Read a quarter’s numbers, then clear them for OMB, or return them and say what has to be mended.",
    "/hisps/quarters?state=submitted",
    "See the quarters that wait for you",
)
CALENDAR = Step(
    "Have your due dates in your calendar",
    "Your inbox page makes a private address that a calendar program reads. You can revoke it there.",
    "/inbox/",
    "Open your inbox",
)
PUBLISH_GUIDANCE = Step(
    "Publish guidance",
    "Write a piece or take a lesson that a Component offers, publish it to all or some, and see who has acknowledged "
    "it.",
    "/guidance",
    "Open the library",
)
COORDINATE = Step(
    "Draft and coordinate the Directive and the Instruction",
    "Each has a page: write a draft, circulate it to Components, say what becomes of each comment, and write the next.",
    "/directorate#deliverables",
    "See the Directorate’s deliverables",
)
SIGN = Step(
    "Sign the Directorate’s papers",
    "When a paper is coordinated and every comment has its disposition, you sign the last draft. Nobody signs what "
    "they wrote.",
    "/directorate#deliverables",
    "See the Directorate’s deliverables",
)
