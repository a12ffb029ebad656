"""The settings of an installation: what is missing, short or wrong stops the start with one sentence."""

from pathlib import Path

import pytest

from config.settings import read
from cxworkflow.errors import SettingError

pytestmark = pytest.mark.unit

COMPLETE = {
    "CXWORKFLOW_DATABASE_URL": "postgresql://cx@db.example/cx",
    "CXWORKFLOW_REDIS_URL": "redis://redis.example:6379/0",
    "CXWORKFLOW_SMTP_URL": "smtp://relay.example:25",
    "CXWORKFLOW_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "CXWORKFLOW_BASE_URL": "https://cx.example.gov/",
}


def test_a_complete_environment_is_read() -> None:
    found = read(COMPLETE)
    assert found.database_url == "postgresql+psycopg://cx@db.example/cx"
    assert found.base_url == "https://cx.example.gov"
    assert (found.demo, found.secure_cookies, found.journal_folder) == (False, True, None)


def test_the_demo_and_the_journal_are_asked_for_by_name() -> None:
    found = read({**COMPLETE, "CXWORKFLOW_DEMO": "yes", "CXWORKFLOW_JOURNAL_FOLDER": "/srv/mailbox"})
    assert (found.demo, found.journal_folder) == (True, Path("/srv/mailbox"))


def test_over_plain_http_cookies_are_not_marked_as_secure() -> None:
    assert read({**COMPLETE, "CXWORKFLOW_BASE_URL": "http://localhost:8076"}).secure_cookies is False


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


def test_a_setting_can_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("fedcba9876543210fedcba9876543210\n")
    without = {name: value for name, value in COMPLETE.items() if name != "CXWORKFLOW_SECRET_KEY"}
    there = {"CXWORKFLOW_SECRET_KEY_FILE": str(tmp_path / "key")}
    assert read({**without, **there}).secret_key == "fedcba9876543210fedcba9876543210"
    with pytest.raises(SettingError, match="CXWORKFLOW_SECRET_KEY and CXWORKFLOW_SECRET_KEY_FILE are both set"):
        read({**COMPLETE, **there})
    with pytest.raises(SettingError, match="CXWORKFLOW_SECRET_KEY_FILE names a file that can't be read"):
        read({**without, "CXWORKFLOW_SECRET_KEY_FILE": str(tmp_path / "gone")})


def test_the_password_of_the_database_can_stand_apart_from_its_url() -> None:
    given = {**COMPLETE, "CXWORKFLOW_DATABASE_PASSWORD": "a/b@c:d"}
    assert read(given).database_url == "postgresql+psycopg://cx:a%2Fb%40c%3Ad@db.example/cx"
    with_its_own = {**given, "CXWORKFLOW_DATABASE_URL": "postgresql://cx:own@db.example/cx"}
    assert read(with_its_own).database_url == "postgresql+psycopg://cx:own@db.example/cx"


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
        assert read({**COMPLETE, "CXWORKFLOW_CLAMD_URL": url}).clamd_url == url
    for wrong in ("unix://run/clamd", "unix://", "tcp://", "tcp:///run/clamd", "tcp://clamd:x", "http://clamd"):
        with pytest.raises(SettingError, match=r"^CXWORKFLOW_CLAMD_URL "):
            read({**COMPLETE, "CXWORKFLOW_CLAMD_URL": wrong})
    for name, wrong in (("ATTACHMENT_MEGABYTES", "0"), ("ATTACHMENTS_MEGABYTES", "much"), ("TRUSTED_PROXIES", "-1")):
        with pytest.raises(SettingError, match=rf"^CXWORKFLOW_{name} is “{wrong}”: use a whole number from"):
            read({**COMPLETE, f"CXWORKFLOW_{name}": wrong})


def test_former_keys_are_kept_for_what_they_signed_and_are_no_shorter() -> None:
    former = "00112233445566778899aabbccddeeff"
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
