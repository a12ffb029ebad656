"""A provider over real HTTP that says whatever a test wants it to say."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry

CLIENT, SECRET = "cxworkflow", "known to both sides and to nobody else"
KEY, ANOTHER = (RSAKey.generate_key(2048, {"kid": "1"}) for _ in range(2))

Claims = dict[str, Any]


def the_truth(_: Claims) -> None:
    """No lie."""


class Liar:
    """Honest, but for what a test sets: each lie changes the truth before it is told."""

    def __init__(self) -> None:
        self.issuer = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.be_honest()

    def be_honest(self) -> None:
        """Forget every lie."""
        self.lie_in_token: Callable[[Claims], object] = the_truth
        self.lie_in_metadata: Callable[[Claims], object] = the_truth
        self.lie_in_return: Callable[[Claims], object] = the_truth
        self.lie_in_answer: Callable[[Claims], object] = the_truth
        self.lie_in_userinfo: Callable[[Claims], object] = the_truth
        self.sign: Callable[[Claims], str] = signed_with(KEY)
        self.key = KEY  # which it publishes
        self.moved: frozenset[str] = frozenset()  # addresses that it says are elsewhere now

    def metadata(self) -> Claims:
        """What it publishes about itself."""
        told: Claims = {
            "issuer": self.issuer,
            **{f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token", "userinfo")},
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "authorization_response_iss_parameter_supported": True,
        }
        self.lie_in_metadata(told)
        return told

    def authorize(self, query: dict[str, str]) -> str:
        """Where it sends the browser back to, without asking anybody."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        back: Claims = {"code": code, "state": query["state"], "iss": self.issuer}
        self.lie_in_return(back)
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str], proof: str) -> tuple[int, Claims]:
        """What the code is worth: once, and for who holds the verifier and the secret."""
        asked = self.codes.pop(form.get("code", ""), None)
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or proof != expected or asked.get("code_challenge") != challenge:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims: Claims = {"iss": self.issuer, "aud": CLIENT, "sub": "1001", "nonce": asked["nonce"]}
        claims |= {"iat": now, "exp": now + 300, "email": "pat@dhs.example", "email_verified": True}
        self.lie_in_token(claims)
        answer: Claims = {"access_token": "a", "token_type": "Bearer", "id_token": self.sign(claims)}
        self.lie_in_answer(answer)
        return 200, answer

    def userinfo(self) -> Claims:
        """What it says of the person besides."""
        told: Claims = {"sub": "1001", "email": "pat@dhs.example", "email_verified": True}
        self.lie_in_userinfo(told)
        return told


def signed_with(key: RSAKey, kid: str = "1", **header: object) -> Callable[[Claims], str]:
    """ID tokens with a proper signature of this key."""
    told: Claims = {"alg": "RS256", "kid": kid, **header}
    registry = JWSRegistry(strict_check_header=False)
    return lambda claims: jwt.encode(told, claims, key, registry=registry)


def unsigned(claims: Claims) -> str:
    """An ID token with the algorithm "none"."""
    parts = ({"alg": "none"}, claims)
    coded = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
    return ".".join([*coded, ""])


def signed_with_what_is_public(claims: Claims) -> str:
    """An ID token with the public key taken as if it were a shared secret."""
    return jwt.encode({"alg": "HS256", "kid": "1"}, claims, OctKey.import_key(KEY.as_pem(private=False)), ["HS256"])


def signed_with_our_secret(claims: Claims) -> str:
    """An ID token with the secret that we share with the provider: anybody who learns it could make one."""
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET), ["HS256"])


@contextmanager
def lying() -> Iterator[Liar]:
    """A liar that listens on this machine."""
    liar = Liar()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(asked.query).items()}
            match asked.path:
                case path if path in liar.moved:
                    self.send_response(307)
                    self.send_header("Location", f"{liar.issuer}/elsewhere")
                    self.end_headers()
                case "/.well-known/openid-configuration":
                    self.say(200, liar.metadata())
                case "/jwks":
                    self.say(200, {"keys": [liar.key.as_dict(private=False)]})
                case "/userinfo":
                    self.say(200, liar.userinfo())
                case "/elsewhere":
                    self.say(200, liar.metadata())
                case _:
                    self.send_response(302)
                    self.send_header("Location", liar.authorize(query))
                    self.end_headers()

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(sent).items()}
            self.say(*liar.token(form, self.headers.get("Authorization", "")))

        def say(self, status: int, told: object) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    liar.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield liar
    server.shutdown()
    server.server_close()
