"""The settings of an installation: what is missing, short or wrong stops the start with one sentence."""

import secrets
from pathlib import Path

import pytest

from config.settings import read
from cxworkflow.errors import SettingError

pytestmark = pytest.mark.unit

KEY, FORMER = "b3f1c07a95d2e84610fb7d29c58ea364", "5d9e02c71fa84b3690e7d3f61b8ca254"
COMPLETE = {
    "CXWORKFLOW_DATABASE_URL": "postgresql://cx@db.example/cx?sslmode=verify-full",
    "CXWORKFLOW_REDIS_URL": "rediss://cx:J8vq2mZtW4@redis.example:6379/0",
    "CXWORKFLOW_SMTP_URL": "smtp://relay.example:25?starttls=1",
    "CXWORKFLOW_SECRET_KEY": KEY,
    "CXWORKFLOW_BASE_URL": "https://cx.example.gov/",
}


def test_a_complete_environment_is_read() -> None:
    found = read(COMPLETE)
    assert found.database_url == "postgresql+psycopg://cx@db.example/cx?sslmode=verify-full"
    assert found.base_url == "https://cx.example.gov"
    assert (found.demo, found.secure_cookies, found.journal_folder) == (False, True, None)


def test_the_demo_and_the_journal_are_asked_for_by_name() -> None:
    found = read({**COMPLETE, "CXWORKFLOW_DEMO": "yes", "CXWORKFLOW_JOURNAL_FOLDER": "/srv/mailbox"})
    assert (found.demo, found.journal_folder) == (True, Path("/srv/mailbox"))


def test_over_plain_http_cookies_are_not_marked_as_secure() -> None:
    assert read({**COMPLETE, "CXWORKFLOW_BASE_URL": "http://localhost:8076"}).secure_cookies is False


LINES = {
    "DATABASE_URL": [
        "postgresql://cx@db.example/cx",
        "postgresql://cx@db.example/cx?sslmode=require",
        "postgresql://cx@/cx?host=db.example",
        "postgresql://cx@/cx?host=/run/postgresql,db.example",
        "postgresql://cx@10.0.0.7/cx?sslmode=prefer",
    ],
    "OWNER_DATABASE_URL": ["postgresql://cx@db.example/cx"],
    "REDIS_URL": [
        "redis://cx:J8vq2mZtW4@redis.example/0",
        "rediss://redis.example/0",
        "rediss://cx:J8vq2mZtW4@redis.example/0?ssl_cert_reqs=none",
        "rediss://cx:J8vq2mZtW4@redis.example/0?ssl_check_hostname=false",
    ],
    "SMTP_URL": ["smtp://relay.example:25", "smtp://relay.example?starttls=0"],
    "JOURNAL_URL": ["imap://cx:J8vq2mZtW4@mail.example/INBOX"],
    "CLAMD_URL": ["tcp://scanner.example:3310"],
    "BASE_URL": ["http://cx.example.gov"],
}


@pytest.mark.asvs("V12.3.1", "V12.2.1", "V13.2.1")
@pytest.mark.parametrize(("name", "address"), [(name, each) for name, them in LINES.items() for each in them])
def test_a_line_to_another_machine_without_tls_or_a_password_stops_the_start(name: str, address: str) -> None:
    opened = {**COMPLETE, "CXWORKFLOW_JOURNAL_ADDRESS": "journal@cx.example", f"CXWORKFLOW_{name}": address}
    with pytest.raises(SettingError, match=rf"^CXWORKFLOW_{name} leads to another machine without TLS"):
        read(opened)
    assert read({**opened, "CXWORKFLOW_DEMO": "yes"})
    named = "db.example 10.0.0.7 redis.example relay.example mail.example scanner.example cx.example.gov"
    assert read({**opened, "CXWORKFLOW_PLAIN_HOSTS": named})


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("DATABASE_URL", "postgresql://cx@/cx?host=/run/postgresql"),
        ("DATABASE_URL", "postgresql:///cx"),
        ("DATABASE_URL", "postgresql://cx@127.0.0.1/cx"),
        ("DATABASE_URL", "postgresql://cx@a.example,b.example/cx?sslmode=verify-full"),
        ("REDIS_URL", "redis+socket:///run/redis.sock"),
        ("REDIS_URL", "redis://[::1]:6379/0"),
        ("SMTP_URL", "smtps://relay.example"),
        ("JOURNAL_URL", "imaps://cx:J8vq2mZtW4@mail.example/INBOX"),
        ("CLAMD_URL", "unix:///run/clamd"),
        ("BASE_URL", "http://127.0.0.1:8076"),
    ],
)
def test_what_stays_on_this_machine_or_has_tls_is_taken(name: str, address: str) -> None:
    assert read({**COMPLETE, "CXWORKFLOW_JOURNAL_ADDRESS": "journal@cx.example", f"CXWORKFLOW_{name}": address})


@pytest.mark.asvs("V13.2.3")
@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("DATABASE_URL", "postgresql://postgres:postgres@localhost/cx"),
        ("DATABASE_URL", "postgresql://jo:jo@localhost/cx"),
        ("OWNER_DATABASE_URL", "postgresql://owner:changeme@localhost/cx"),
        ("REDIS_URL", "redis://:Password@localhost/0"),
        ("SMTP_URL", "smtp://mail:guest@localhost"),
    ],
)
def test_a_password_that_anybody_tries_first_stops_the_start(name: str, address: str) -> None:
    with pytest.raises(SettingError, match=rf"^The password in CXWORKFLOW_{name} is one that anybody tries first"):
        read({**COMPLETE, f"CXWORKFLOW_{name}": address})


@pytest.mark.asvs("V11.5.1", "V13.2.3")
@pytest.mark.parametrize(
    "key",
    [
        "a" * 40,
        "0123456789abcdef0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "please-change-me-before-you-go-live",
        "my-very-own-Secret-7d1c92af3e5b80d6",
        "1010101101010101010110101010010101",
    ],
)
def test_a_key_that_somebody_typed_stops_the_start(key: str) -> None:
    for name in ("SECRET_KEY", "SECRET_KEY_FALLBACKS"):
        with pytest.raises(SettingError, match=r"is no random key.*secrets\.token_urlsafe"):
            read({**COMPLETE, f"CXWORKFLOW_{name}": key})
    for _ in range(1000):
        assert read({**COMPLETE, "CXWORKFLOW_SECRET_KEY": secrets.token_hex(16)})


def test_settings_can_not_be_changed_while_the_system_runs() -> None:
    with pytest.raises(AttributeError):
        read(COMPLETE).demo = True  # type: ignore[misc]


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_a_setting_that_is_missing_or_empty_is_named(name: str) -> None:
    for without in ({**COMPLETE, name: "  "}, {key: value for key, value in COMPLETE.items() if key != name}):
        with pytest.raises(SettingError, match=rf"^{name} is not set\. The README lists the settings"):
            read(without)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "0123456789abcdef", r"SECRET_KEY is too short: use at least 32 random characters\."),
        ("DATABASE_URL", "mysql://db/cx", r"DATABASE_URL has to begin with postgresql:// or postgresql\+psycopg://\."),
        (
            "REDIS_URL",
            "http://redis.example",
            r"REDIS_URL has to begin with redis:// or rediss:// or redis\+socket://\.",
        ),
        ("SMTP_URL", "relay.example", r"SMTP_URL has to begin with smtp:// or smtps://\."),
        ("SMTP_URL", "smtp://relay.example:port", r"SMTP_URL is not a valid address\."),
        ("BASE_URL", "cx.example.gov", r"BASE_URL has to begin with http:// or https://\."),
        ("MAIL_FROM", "Nobody", r"MAIL_FROM has no e-mail address in it: write it as Name <name@example\.gov>\."),
        ("DEMO", "perhaps", r"DEMO is “perhaps”: use yes or no\."),
    ],
)
def test_a_wrong_setting_is_told_in_one_sentence(name: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingError, match=rf"^CXWORKFLOW_{sentence}$"):
        read({**COMPLETE, f"CXWORKFLOW_{name}": value})


@pytest.mark.asvs("V13.3.1")
def test_a_setting_can_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{FORMER}\n")
    without = {name: value for name, value in COMPLETE.items() if name != "CXWORKFLOW_SECRET_KEY"}
    there = {"CXWORKFLOW_SECRET_KEY_FILE": str(tmp_path / "key")}
    assert read({**without, **there}).secret_key == FORMER
    with pytest.raises(SettingError, match="CXWORKFLOW_SECRET_KEY and CXWORKFLOW_SECRET_KEY_FILE are both set"):
        read({**COMPLETE, **there})
    with pytest.raises(SettingError, match="CXWORKFLOW_SECRET_KEY_FILE names a file that can't be read"):
        read({**without, "CXWORKFLOW_SECRET_KEY_FILE": str(tmp_path / "gone")})


def test_the_passwords_of_the_database_and_of_redis_can_stand_apart_from_their_urls() -> None:
    given = {**COMPLETE, "CXWORKFLOW_DATABASE_PASSWORD": "a/b@c:d"}
    assert read(given).database_url == "postgresql+psycopg://cx:a%2Fb%40c%3Ad@db.example/cx?sslmode=verify-full"
    with_its_own = {**given, "CXWORKFLOW_DATABASE_URL": "postgresql://cx:own@localhost/cx"}
    assert read(with_its_own).database_url == "postgresql+psycopg://cx:own@localhost/cx"
    of_redis = {"CXWORKFLOW_REDIS_URL": "rediss://cx@redis.example/0", "CXWORKFLOW_REDIS_PASSWORD": "d/e@f:g"}
    assert read({**COMPLETE, **of_redis}).redis_url == "rediss://cx:d%2Fe%40f%3Ag@redis.example/0"


def test_there_is_a_way_to_sign_in() -> None:
    assert read(COMPLETE).sign_in_links is True
    with pytest.raises(SettingError, match="so nobody could sign in"):
        read({**COMPLETE, "CXWORKFLOW_SIGN_IN_LINKS": "no"})
    assert read({**COMPLETE, "CXWORKFLOW_SIGN_IN_LINKS": "no", "CXWORKFLOW_DEMO": "yes"}).sign_in_links is False


def test_the_scanner_the_sizes_and_the_proxies_have_their_settings() -> None:
    plain = read(COMPLETE)
    assert (plain.clamd_url, plain.largest_attachment, plain.most_attached, plain.trusted_proxies) == (
        None,
        10_485_760,
        104_857_600,
        0,
    )
    for url in ("unix:///run/clamav/clamd.ctl", "tcp://clamd:3310"):
        near = {"CXWORKFLOW_CLAMD_URL": url, "CXWORKFLOW_PLAIN_HOSTS": "clamd"}
        assert read({**COMPLETE, **near}).clamd_url == url
    for wrong in ("unix://run/clamd", "unix://", "tcp://", "tcp:///run/clamd", "tcp://clamd:x", "http://clamd"):
        with pytest.raises(SettingError, match=r"^CXWORKFLOW_CLAMD_URL "):
            read({**COMPLETE, "CXWORKFLOW_CLAMD_URL": wrong})
    for name, wrong in (("ATTACHMENT_MEGABYTES", "0"), ("ATTACHMENTS_MEGABYTES", "much"), ("TRUSTED_PROXIES", "-1")):
        with pytest.raises(SettingError, match=rf"^CXWORKFLOW_{name} is “{wrong}”: use a whole number from"):
            read({**COMPLETE, f"CXWORKFLOW_{name}": wrong})


def test_former_keys_are_kept_for_what_they_signed_and_are_no_shorter() -> None:
    former = FORMER
    assert read({**COMPLETE, "CXWORKFLOW_SECRET_KEY_FALLBACKS": former}).secret_key_fallbacks == (former,)
    with pytest.raises(SettingError, match="SECRET_KEY_FALLBACKS has a key of less than 32"):
        read({**COMPLETE, "CXWORKFLOW_SECRET_KEY_FALLBACKS": f"{former} short"})


def test_whom_to_tell_of_a_weakness_is_an_address_to_open() -> None:
    assert read(COMPLETE).security_contact == "https://cx.example.gov/"
    with pytest.raises(SettingError, match="write it as mailto:"):
        read({**COMPLETE, "CXWORKFLOW_SECURITY_CONTACT": "security@example.gov"})


def test_the_file_of_anchors_is_meant_itself(tmp_path: Path) -> None:
    anchors = tmp_path / "anchors.jsonl"  # not there before the first is written
    assert read({**COMPLETE, "CXWORKFLOW_ANCHOR_FILE": str(anchors)}).anchor_file == anchors
