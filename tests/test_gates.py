"""Gates in the source: what must not stand there at all, and what stands in a few places only, each with its reason."""

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from tests.test_house import OURS, ROOT

pytestmark = pytest.mark.unit

TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in OURS}
TEMPLATES = {path: path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*") if path.is_file()}
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "cxworkflow/web/static").glob("*.js")}
MIGRATIONS = "cxworkflow/migrations/"


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the last part of what is called: "text" for sa.text(...)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).rpartition(".")[2], node


def where(found: Callable[[ast.AST], bool]) -> set[str]:
    """The files in which it is found."""
    return {path for path, tree in TREES.items() if found(tree)}


def imports(tree: ast.AST) -> set[str]:
    """The modules that are imported, whole and by their first part."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names | {name.partition(".")[0] for name in names}


def put_together(node: ast.expr) -> bool:
    """Whether a text is made of parts where it stands."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    return isinstance(node, ast.BinOp) or (isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".format"))


# Statements made of parts: of our own constants, or of names that we made ourselves; every value is bound.
STATEMENTS = {
    "cxworkflow/cli/surroundings.py": "the name of our database",
    "cxworkflow/queries/commitments_then.py": "constants of this module",
    "cxworkflow/rehearsal/copy.py": "the names of our tables, for the owner's copy of them",
    "cxworkflow/scratch.py": "a name by chance for a scratch database",
    "cxworkflow/services/owing.py": "constants of this module",
    "cxworkflow/services/recipients.py": "constants of this module",
    "cxworkflow/services/reminders.py": "constants of this module",
}
# Patterns made of parts: the keys of a policy's fields, which its reader holds to letters and lines.
PATTERNS = {
    "config/providers.py": "a constant of this module",
    "cxworkflow/policies/answers/forms.py": "the key of a field",
    "cxworkflow/queries/excerpts.py": "constants of this module",
    "cxworkflow/web/guides.py": "the words of a policy's glossary, escaped",
    "cxworkflow/web/sections.py": "the key of a field",
}
# Format strings that are no literals where they are used: constants with our own words.
FORMATS = {
    "cxworkflow/documents/sentences.py",
    "cxworkflow/local/postgres.py",
    "cxworkflow/mail/compose.py",
    "cxworkflow/policies/answers/weaknesses.py",
    "cxworkflow/rehearsal/scenario.py",
    "cxworkflow/services/owing.py",
    "cxworkflow/services/recipients.py",
    "cxworkflow/watchdog.py",
    "cxworkflow/web/plain_words.py",
}
# What is passed off as safe in Python: all of it was escaped before, or drawn by a template, which escapes.
MARKUP = {
    "cxworkflow/mail/compose.py",
    "cxworkflow/web/fragments.py",
    "cxworkflow/web/guides.py",
    "cxworkflow/web/prose.py",
    "cxworkflow/web/words.py",
}
# Policies are data. Only the demo is about certain ones: it plays what happened under them.
NAMES_POLICIES = {"cxworkflow/demo/quarters.py", "cxworkflow/demo/scenes.py"}
# Who opens lines to others, and to whom. docs/security.md, "Lines", says what each needs.
SPEAKS = {
    "config/healthcheck.py": {"urllib.request", "psycopg", "socket"},  # our own pages and database; its own name
    "cxworkflow/cli/running.py": {"socket"},  # whether a port of this machine is free
    "cxworkflow/local/child.py": {"socket"},  # whether a part of ours listens
    "cxworkflow/local/supervisor.py": {"socket"},
    "cxworkflow/local/valkey.py": {"socket"},
    "cxworkflow/local/backups.py": {"psycopg"},  # the database that is backed up or filled
    "cxworkflow/mail/journal.py": {"imaplib"},
    "cxworkflow/mail/transport.py": {"smtplib"},
    "cxworkflow/migrations/__init__.py": {"psycopg"},
    "cxworkflow/outside.py": {"socket"},  # what a name stands for
    "cxworkflow/ownership.py": {"psycopg"},  # the type of a connection
    "cxworkflow/pooled.py": {"psycopg"},  # a cursor's type, and whether a connection is still there
    "cxworkflow/prepared.py": {"psycopg"},  # the state of a connection
    "cxworkflow/rehearsal/copy.py": {"psycopg"},  # the same
    "cxworkflow/scope.py": {"psycopg"},  # the same
    "cxworkflow/services/quarter_files.py": {"psycopg"},  # the type of a value
    "cxworkflow/uploads/scanning.py": {"socket"},
    "cxworkflow/watchdog.py": {"smtplib"},  # the kinds of its errors
    "cxworkflow/web/providers.py": {"requests"},  # the kinds of its errors
    "cxworkflow/web/relying.py": {"authlib.integrations.requests_client"},
    "cxworkflow/webhooks/request.py": {"http.client", "socket"},
    "tasks/pulse.py": {"socket"},  # its own name
}
LINES = {
    "requests",
    "urllib.request",
    "http.client",
    "httpx",
    "socket",
    "smtplib",
    "imaplib",
    "ftplib",
    "telnetlib",
} | {"psycopg", "redis", "paramiko", "aiohttp", "authlib.integrations.requests_client"}


@pytest.mark.asvs("V1.2.4")
def test_no_statement_is_put_together_but_of_our_own_constants() -> None:
    def found(tree: ast.AST) -> bool:
        return any(
            name in ("text", "execute", "exec_driver_sql", "scalar", "scalars", "copy")
            and any(map(put_together, call.args[:1]))
            for name, call in calls(tree)
        )

    assert {path for path in where(found) if not path.startswith(MIGRATIONS)} == set(STATEMENTS)


@pytest.mark.asvs("V1.2.5")
def test_no_command_goes_through_a_shell() -> None:
    def found(tree: ast.AST) -> bool:
        return any(
            name in ("system", "popen", "getoutput") or any(each.arg == "shell" for each in call.keywords)
            for name, call in calls(tree)
        )

    assert where(found) == set()


@pytest.mark.asvs("V1.2.7")
def test_no_xpath_is_asked() -> None:
    assert where(lambda tree: any(name in ("xpath", "XPath", "findall_xpath") for name, _ in calls(tree))) == set()


@pytest.mark.asvs("V1.2.9")
def test_no_pattern_is_put_together_but_of_our_own_names() -> None:
    def found(tree: ast.AST) -> bool:
        return any(
            ast.unparse(call.func).startswith("re.") and any(map(put_together, call.args[:1]))
            for _, call in calls(tree)
        )

    assert where(found) == set(PATTERNS)


@pytest.mark.asvs("V1.3.2", "V1.3.7")
def test_nothing_is_run_that_was_not_written_here() -> None:
    names = {"eval", "exec", "compile", "__import__", "render_template_string", "from_string", "Template"}
    harmless = ("re.", "typst.")  # a pattern, and a letter from a file of ours

    def found(tree: ast.AST) -> bool:
        return any(name in names and not ast.unparse(call.func).startswith(harmless) for name, call in calls(tree))

    assert where(found) == set()


@pytest.mark.asvs("V1.5.2")
def test_nothing_is_read_that_could_hold_objects() -> None:
    forbidden = {"pickle", "marshal", "shelve", "dill", "jsonpickle", "yaml", "cPickle"}
    assert where(lambda tree: bool(imports(tree) & forbidden)) == set()


@pytest.mark.asvs("V1.3.10")
def test_format_strings_are_our_own() -> None:
    def found(tree: ast.AST) -> bool:
        return any(
            isinstance(call.func, ast.Attribute)
            and call.func.attr in ("format", "format_map")
            and not isinstance(call.func.value, ast.Constant)
            for _, call in calls(tree)
        )

    assert {path for path in where(found) if not path.startswith(MIGRATIONS)} == FORMATS


@pytest.mark.asvs("V1.2.1")
def test_every_template_escapes_and_only_words_of_its_own_are_passed_off_as_safe() -> None:
    for path, text in TEMPLATES.items():
        assert not re.search(r"autoescape|<script(?![^>]+src=)|\sstyle=|\son[a-z]+=\"", text), path
        assert len(re.findall(r"\|\s*safe\b", text)) == len(
            re.findall(r"'[^'{}]*' \| safe\b|\"<br>\" \| safe\b", text)
        ), path
    assert where(lambda tree: any(name in ("Markup", "mark_safe") for name, _ in calls(tree))) == MARKUP


@pytest.mark.asvs("V11.4.1", "V11.2.1", "V11.5.1")
def test_cryptography_is_that_of_libraries_and_none_of_it_outdated() -> None:
    assert where(lambda tree: bool(imports(tree) & {"random", "Crypto", "nacl", "rsa", "ecdsa"})) == set()
    outdated = {f"hashlib.{name}" for name in ("md5", "sha1", "new")}
    assert (
        where(lambda tree: bool(outdated & ({ast.unparse(call.func) for _, call in calls(tree)} | imports(tree))))
        == set()
    )


@pytest.mark.asvs("V12.3.2")
def test_no_certificate_goes_unchecked() -> None:
    for path in OURS:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"CERT_NONE|CERT_OPTIONAL|_unverified|verify=False|check_hostname = False", text), path


@pytest.mark.asvs("V1.3.6", "V13.2.4")
def test_only_these_parts_speak_to_others() -> None:
    found = {path: imports(tree) & LINES for path, tree in TREES.items()}
    assert {path: names for path, names in found.items() if names} == SPEAKS


@pytest.mark.asvs("V15.3.7")
def test_a_parameter_is_read_from_where_it_belongs() -> None:
    def found(tree: ast.AST) -> bool:
        return any(
            isinstance(node, ast.Attribute) and node.attr == "values" and ast.unparse(node.value) == "request"
            for node in ast.walk(tree)
        )

    assert where(found) == set()


def test_no_python_names_a_policy_or_an_executive_order() -> None:
    codes = [path.stem for path in (ROOT / "config/policies").glob("*.toml")]
    numbers = [code.partition("-")[2] for code in codes]
    orders = [r"\bE\.?O\.? ?\d", r"executive orders? \d"]
    named = re.compile("|".join([*map(re.escape, codes + numbers), *orders]), re.IGNORECASE)
    texts = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in OURS}
    naming = {path for path, text in texts.items() if not path.startswith("config/") and named.search(text)}
    assert naming == NAMES_POLICIES


@pytest.mark.asvs("V16.2.3")
def test_logs_are_written_to_standard_error_only() -> None:
    handlers = {"FileHandler", "SocketHandler", "SysLogHandler", "HTTPHandler", "SMTPHandler", "basicConfig"}
    handlers |= {"RotatingFileHandler", "TimedRotatingFileHandler", "WriteLoggerFactory"}
    assert where(lambda tree: any(name in handlers for name, _ in calls(tree))) == set()
    assert "sys.stderr" in (ROOT / "cxworkflow/logs.py").read_text(encoding="utf-8")


@pytest.mark.asvs("V14.3.3", "V1.2.3")
def test_scripts_store_nothing_and_run_nothing() -> None:
    stores = r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\."
    runs = r"\beval\(|new Function|document\.write|insertAdjacentHTML|outerHTML|\"message\""
    for name, text in SCRIPTS.items():
        assert not re.search(f"{stores}|{runs}", text), name
    made = [line for text in SCRIPTS.values() for line in text.splitlines() if "innerHTML" in line]
    assert [line for line in made if "template.innerHTML" not in line] == [], "only what the page itself brought"
    layout = (ROOT / "templates/layout.html").read_text(encoding="utf-8")
    assert '"allowEval": false' in layout
    assert '"historyCacheSize": 0' in layout, "no page is kept for going back"


@pytest.mark.asvs("V13.4.1")
def test_what_is_shipped_holds_no_version_control() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    shipped = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert not {each for each in shipped if each.startswith((".", "tests", "var", "secrets"))}
    assert "COPY . " not in (ROOT / "Dockerfile").read_text(encoding="utf-8")
