"""The settings of identity providers: what is missing, doubled or weak stops the start with one sentence."""

from pathlib import Path

import pytest
from joserfc.jwk import ECKey, RSAKey

from config.providers import Provider, read_providers
from config.settings import read
from cxworkflow.errors import SettingError
from cxworkflow.web.relying import RelyingParty
from tests.unit.test_settings import COMPLETE

pytestmark = pytest.mark.unit

AGENCY = {
    "CXWORKFLOW_OIDC_AGENCY_ISSUER": "https://id.agency.example",
    "CXWORKFLOW_OIDC_AGENCY_CLIENT_ID": "cxworkflow",
    "CXWORKFLOW_OIDC_AGENCY_CLIENT_SECRET": "known to both sides",
    "CXWORKFLOW_OIDC_AGENCY_LABEL": "Agency ID",
}


def test_several_providers_are_read_by_name(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    other = {
        "CXWORKFLOW_OIDC_PIV_ISSUER": "https://piv.example",
        "CXWORKFLOW_OIDC_PIV_CLIENT_ID": "cx",
        "CXWORKFLOW_OIDC_PIV_PRIVATE_KEY_FILE": str(key),
    }
    agency, piv = read({**COMPLETE, **AGENCY, **other}).providers
    assert (agency.name, agency.label, agency.private_key) == ("agency", "Agency ID", None)
    assert (piv.name, piv.label, piv.client_secret) == ("piv", "Piv", None)
    assert "known to both sides" not in repr(agency)
    assert "PRIVATE KEY" not in repr(piv)
    assert RelyingParty(piv, base_url="https://cx.example").callback == "https://cx.example/sign-in/with/piv/callback"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ISSUER": ""}, "CXWORKFLOW_OIDC_AGENCY_ISSUER is not set"),
        ({"CLIENT_ID": ""}, "CXWORKFLOW_OIDC_AGENCY_CLIENT_ID is not set"),
        ({"CLIENT_SECRET": ""}, "Set either CXWORKFLOW_OIDC_AGENCY_CLIENT_SECRET or"),
        ({"PRIVATE_KEY_FILE": "/key.pem"}, "Set either CXWORKFLOW_OIDC_AGENCY_CLIENT_SECRET or"),
        ({"CLIENT_SECRET": "", "PRIVATE_KEY_FILE": "/nowhere/key.pem"}, "names a file that can't be read as a key"),
        ({"ISSUER": "http://id.agency.example"}, "ISSUER has to begin with https://"),
        ({"ISSUER": "id.agency.example"}, "ISSUER has to begin with https://"),
        ({"SECRET": "x"}, "CXWORKFLOW_OIDC_AGENCY_SECRET is not a setting of an identity provider"),
    ],
)
def test_a_wrong_setting_is_told_in_one_sentence(change: dict[str, str], sentence: str) -> None:
    changed = {f"CXWORKFLOW_OIDC_AGENCY_{name}": value for name, value in change.items()}
    with pytest.raises(SettingError, match=sentence):
        read_providers({**AGENCY, **changed})


def test_a_provider_on_this_machine_may_do_without_tls() -> None:
    assert read_providers({**AGENCY, "CXWORKFLOW_OIDC_AGENCY_ISSUER": "http://localhost:9000"})


def test_no_provider_takes_the_name_of_another_way_in() -> None:
    named = {name.replace("AGENCY", "DEMO"): value for name, value in AGENCY.items()}
    with pytest.raises(SettingError, match="is not a setting of an identity provider"):
        read_providers(named)


def test_a_demo_where_anybody_is_anybody_has_no_identity_provider() -> None:
    with pytest.raises(SettingError, match="CXWORKFLOW_DEMO lets anybody sign in as anybody"):
        read({**COMPLETE, **AGENCY, "CXWORKFLOW_DEMO": "yes"})


@pytest.mark.asvs("V11.2.3", "V11.6.1")
@pytest.mark.parametrize(
    "pem",
    [
        "not a key",
        RSAKey.generate_key(2048).as_pem(private=True).decode(),
        ECKey.generate_key("P-384").as_pem(private=True).decode(),
        ECKey.generate_key("P-256").as_pem(private=False).decode(),
    ],
    ids=["no key", "short", "another curve", "public"],
)
def test_a_private_key_that_can_not_be_used_stops_the_start(pem: str) -> None:
    with pytest.raises(SettingError, match="The private key for the identity provider “agency” can't be used"):
        RelyingParty(Provider("agency", "https://id.example", "cx", "Agency", private_key=pem), base_url="https://x")
