"""Our side of OpenID Connect with one provider: of what it says, only what is needed, and nothing unchecked."""

import time
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import Response, request, session
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import extract_compact
from werkzeug.wrappers import Response as AnyResponse

from config.providers import Provider
from cxworkflow.errors import SettingError, WorkflowError
from cxworkflow.services.identities import Claim

TIMEOUT = 10  # seconds that a provider gets for each answer
PATIENCE = 15 * 60  # seconds that somebody gets to sign in there
MOST_BEGUN = 3  # sign-ins begun in one browser and not finished; the cookie that holds them is small
NONCE = 32  # characters; some providers want at least 22
LEEWAY = 60  # seconds by which the clocks of two machines may differ
FRESH = 60 * 60  # seconds after which a provider's keys and endpoints are read anew: it may have withdrawn one
LEAST_RSA = 3072  # bits of a key of ours
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
ENDPOINTS = frozenset(
    {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "end_session_endpoint"}
)
READ = ENDPOINTS | {"issuer", "authorization_response_iss_parameter_supported"}


class NotBegunHere(WorkflowError):
    """This sign-in was not begun in this browser, or it took longer than 15 minutes. Start again."""


class NotVouched(WorkflowError):
    """What the identity provider answered is not what was asked for, so nobody was signed in. Start again."""


class TooWeak(WorkflowError):
    """This system asks for a stronger way to sign in than you used at your identity provider. Start again with it."""


class Direct(OAuth2Session):  # type: ignore[misc]
    """Asks where it was told to ask, and follows nobody from there to somewhere else."""

    def request(self, method: str, url: str, **how: Any) -> Any:
        """The answer, which may be a redirection."""
        return super().request(method, url, **{**how, "allow_redirects": False})


class RelyingParty(FlaskOAuth2App):  # type: ignore[misc]
    """One provider's client; what the provider publishes about itself is read when it is first needed."""

    client_cls = Direct
    server_metadata: dict[str, Any]

    def __init__(self, provider: Provider, *, base_url: str) -> None:
        secret, methods, proof = provider.client_secret, None, "client_secret_basic"
        if provider.private_key is not None:
            secret, method = _signing(provider)
            methods, proof = [method], method.name
        super().__init__(
            FlaskIntegration(provider.name),
            provider.name,
            client_id=provider.client_id,
            client_secret=secret,
            client_auth_methods=methods,
            server_metadata_url=provider.issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email",
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": proof,
                "default_timeout": TIMEOUT,
            },
        )
        self.framework.expires_in = PATIENCE
        self.provider = provider
        # Put together from the settings: what a request says about our address is not to be trusted.
        self.callback = f"{base_url}/sign-in/with/{provider.name}/callback"

    def load_server_metadata(self) -> dict[str, Any]:
        """The provider's endpoints; raises NotVouched where they are another issuer's, or asked without TLS."""
        if self.server_metadata.get("_loaded_at", 0.0) < time.time() - FRESH:
            self.server_metadata = {}
            told = super().load_server_metadata()
            issuer = told.get("issuer")
            # Nothing else that it says may steer our client: not the algorithms, nor how we prove who we are.
            self.server_metadata = {key: told[key] for key in READ | {"_loaded_at"} if key in told}
            self.server_metadata["id_token_signing_alg_values_supported"] = ALGORITHMS
            open_to_all = [told for key, told in self.server_metadata.items() if key in ENDPOINTS and not _safe(told)]
            if issuer != self.provider.issuer or (_safe(issuer) and open_to_all):
                self.server_metadata = {}
                raise NotVouched
        return self.server_metadata

    def begin(self, nonce: str, leads_to: str) -> AnyResponse:
        """Send the browser to the provider; the session remembers what has to come back."""
        self.framework.clear_state_data(session, "")
        # The cookie does not keep their order.
        begun = sorted((key for key in session if key.startswith("_state_")), key=lambda key: -session[key]["exp"])
        for key in begun[MOST_BEGUN - 1 :]:
            session.pop(key)
        strength = {"acr_values": " ".join(self.provider.acr_values)} if self.provider.acr_values else {}
        asked = self.create_authorization_url(self.callback, nonce=nonce, **strength)
        self.save_authorize_data(redirect_uri=self.callback, leads_to=leads_to, **asked)
        return Response(status=302, headers={"Location": asked["url"]})

    def finish(self) -> tuple[Claim, str]:
        """Who has signed in, and where they wanted to go; raises NotBegunHere, NotVouched, or whatever fails."""
        self.framework.clear_state_data(session, "")
        begun = self.framework.get_state_data(session, request.args.get("state", ""))
        if begun is None:
            raise NotBegunHere
        told_by = request.args.get("iss")
        if told_by != self.provider.issuer and (told_by is not None or self._names_itself()):
            raise NotVouched
        options = {
            "iss": {"essential": True, "values": [self.provider.issuer]},
            "sub": {"essential": True},
            "nonce": {"essential": True},
        }
        token = self.authorize_access_token(claims_options=options, leeway=LEEWAY)
        claims = token.get("userinfo")
        # Stricter than the library, which takes any audience that names us as the authorised party.
        if not claims or not isinstance(claims["sub"], str) or claims["aud"] not in (self.client_id, [self.client_id]):
            raise NotVouched
        # Other tokens of the provider are signed by the same keys.
        if str(extract_compact(token["id_token"].encode()).headers().get("typ", "JWT")).upper() != "JWT":
            raise NotVouched
        if self.provider.acr_values and claims.get("acr") not in self.provider.acr_values:
            raise TooWeak
        if "email" not in claims and "userinfo_endpoint" in self.server_metadata:
            told = self.userinfo(token=token)
            if told.get("sub") != claims["sub"]:
                raise NotVouched
            claims = told
        verified = claims.get("email_verified") is True and isinstance(claims.get("email"), str)
        email = claims["email"] if verified else None
        return Claim(self.provider.issuer, claims["sub"], email), begun["leads_to"]

    def _names_itself(self) -> bool:
        told = self.load_server_metadata().get("authorization_response_iss_parameter_supported")
        return told is True


def _safe(address: object) -> bool:
    return isinstance(address, str) and urlsplit(address).scheme == "https"


def _signing(provider: Provider) -> tuple[Any, PrivateKeyJWT]:
    """The private key, and how a token request is signed with it; raises SettingError."""
    pem = (provider.private_key or "").encode()
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        key = None
    if isinstance(key, RSAPrivateKey) and key.key_size >= LEAST_RSA:
        return RSAKey.import_key(pem), PrivateKeyJWT(alg="RS256")
    if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
        return ECKey.import_key(pem), PrivateKeyJWT(alg="ES256")
    raise SettingError(
        f"The private key for the identity provider “{provider.name}” can't be used: "
        "it has to be RSA with 3072 bits or more, or EC on P-256, in PEM form and without a password."
    )
