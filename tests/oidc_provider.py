"""A real OpenID provider on a loopback port, made of Authlib's server side. A test says who is there and what is wrong.

It knows one client, wants PKCE, takes a code once, and signs with RS256 under a key that can be changed. Its page asks
who is there by a list of its people, so that a browser goes the whole way.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from authlib.oidc.core.util import create_half_hash
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import BaseWSGIServer, make_server

CLIENT_ID, CLIENT_SECRET = "kairan", "a secret: with signs & blanks"
Person = dict[str, Any]
PAGE = """<!doctype html><html lang="ja"><title>庁内認証</title>
<h1>庁内認証</h1><form method="post">{buttons}</form></html>"""


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _parts(*parts: dict[str, Any]) -> str:
    return ".".join(_base64(json.dumps(part).encode()) for part in parts)


class _Client(ClientMixin):  # type: ignore[misc]
    """Kairan, as the provider knows it."""

    client_id = CLIENT_ID

    def __init__(self, provider: OidcProvider) -> None:
        self._provider = provider

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return self._provider.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self._provider.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class _Code:
    """A code that was handed out."""

    def __init__(self, code: str, asked: Any, person: Person) -> None:
        told = dict(asked.payload.data)  # now: what it reads from is this request's
        self.code, self.person, self.told = code, person, told
        self.code_challenge, self.code_challenge_method = told.get("code_challenge"), told.get("code_challenge_method")

    def get_redirect_uri(self) -> str | None:
        return self.told.get("redirect_uri")

    def get_scope(self) -> str:
        return self.told["scope"]

    def get_nonce(self) -> str | None:
        return self.told.get("nonce")

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> str | None:
        return self.person.get("acr")

    def get_amr(self) -> list[str] | None:
        return self.person.get("amr")


class OidcProvider:
    """The provider. What its public attributes hold, the next answer follows."""

    def __init__(self) -> None:
        self.keys: list[RSAKey] = []
        self.rotate_key()
        self.redirect_uri = ""
        self.reset()
        self._app = self._make_app()
        self._server: BaseWSGIServer | None = None
        self.port = 0

    def reset(self) -> None:
        """Know nobody, and do nothing wrong."""
        self.people: dict[str, Person] = {}
        self.present = ""
        """The subject of who is logged in there; empty: it asks."""
        self.wrong_claims: dict[str, Any] = {}
        """Laid over the claims of identity tokens; a value of None takes a claim away."""
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.instead: dict[str, Callable[[], Any]] = {}
        """Paths → what is answered there in place of what is right."""
        self.in_userinfo_only: set[str] = set()
        self.asked: list[str] = []
        """The paths that were asked for."""
        self.logged_out: list[dict[str, str]] = []
        self._codes: dict[str, _Code] = {}
        self._tokens: dict[str, Person] = {}

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen; at the same port as before, where it did."""
        self._server = make_server("127.0.0.1", self.port, self._app, threaded=True)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="oidc-provider").start()

    def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def add(self, subject: str, *groups: str, **claims: Any) -> Person:
        """Somebody with a verified mail address, who is logged in there from now on."""
        self.present = subject
        self.people[subject] = {
            "sub": subject,
            "name": f"{subject}さん",
            "email": f"{subject}@city.example.jp",
            "email_verified": True,
            "groups": list(groups),
            **claims,
        }
        return self.people[subject]

    def rotate_key(self) -> None:
        """Sign with another key from now on; the former one is not listed any more."""
        self.keys = [RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)]

    def signed(self, claims: dict[str, Any], key: RSAKey | None = None, **header: Any) -> str:
        """*claims* as the provider signs them."""
        return jwt.encode({"alg": "RS256", "kid": self.keys[0].kid, **header}, claims, key or self.keys[0])

    def unsigned(self, claims: dict[str, Any]) -> str:
        """*claims* with the algorithm ``none`` and no signature."""
        return _parts({"alg": "none", "typ": "JWT", "kid": self.keys[0].kid}, claims) + "."

    def signed_with_public_key(self, claims: dict[str, Any]) -> str:
        """*claims* signed with HS256, the public key as the secret."""
        signed = _parts({"alg": "HS256", "kid": self.keys[0].kid}, claims)
        mac = hmac.new(self.keys[0].as_pem(private=False), signed.encode(), "sha256").digest()
        return f"{signed}.{_base64(mac)}"

    def without_kid(self, claims: dict[str, Any]) -> str:
        """*claims* signed as they should be, with a header that names no key."""
        return jwt.encode({"alg": "RS256"}, claims, self.keys[0])

    def logout_token(self, **claims: Any) -> str:
        """A logout token; None takes a claim away."""
        told = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": int(time.time()),
            "exp": int(time.time()) + 120,
            "jti": "one",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
            **claims,
        }
        return self.signed({name: value for name, value in told.items() if value is not None}, typ="logout+jwt")

    def _make_app(self) -> Flask:
        app = Flask("oidc_provider")
        server = AuthorizationServer(app, lambda _client: _Client(self), lambda token, asked: self._save(token, asked))
        server.register_grant(_grant(self), [_identity(self), CodeChallenge(required=True)])

        @app.before_request
        def note() -> Any:
            self.asked.append(request.path)
            return self.instead[request.path]() if request.path in self.instead else None

        @app.get("/.well-known/openid-configuration")
        def configuration() -> Response:
            return jsonify(self._configuration())

        @app.get("/keys")
        def keys() -> Response:
            return jsonify(keys=[key.as_dict(private=False) for key in self.keys])

        @app.route("/authorize", methods=["GET", "POST"])
        def authorize() -> Any:
            subject = request.form.get("subject") or ("" if request.args.get("prompt") == "login" else self.present)
            if not subject:
                buttons = "".join(
                    f'<button name="subject" value="{s}">{p["name"]}</button>' for s, p in self.people.items()
                )
                return PAGE.format(buttons=buttons)
            grant = server.get_consent_grant(end_user=self.people[subject])
            return server.create_authorization_response(grant=grant, grant_user=self.people[subject])

        @app.post("/token")
        def token() -> Any:
            return server.create_token_response()

        @app.get("/userinfo")
        def userinfo() -> Any:
            person = self._tokens.get(request.headers["Authorization"].removeprefix("Bearer "))
            return jsonify(person) if person else (jsonify(error="invalid_token"), 401)

        @app.get("/logout")
        def logout() -> Any:
            self.logged_out.append(dict(request.args))
            self.present = ""
            back = request.args.get("post_logout_redirect_uri", "")
            return redirect(back) if urlsplit(back).netloc == urlsplit(self.redirect_uri).netloc else "bye"

        return app

    def _configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def _save(self, token: dict[str, Any], asked: Any) -> None:
        self._tokens[token["access_token"]] = asked.user

    def keep_code(self, code: _Code) -> None:
        """Remember what was handed out."""
        self._codes[code.code] = code

    def take_code(self, code: str) -> _Code | None:
        """What was handed out as *code*."""
        return self._codes.get(code)

    def forget_code(self, code: str) -> None:
        """A code that was used is worth nothing."""
        self._codes.pop(code, None)

    def identity_token(self, claims: dict[str, Any], person: Person) -> str:
        """The identity token of *person*."""
        told = {
            "iss": self.issuer,
            "aud": [CLIENT_ID],
            "iat": int(time.time()),
            "exp": int(time.time()) + 300,
            **claims,
        }
        told |= {name: value for name, value in person.items() if name not in self.in_userinfo_only}
        told |= self.wrong_claims
        return self.sign({name: value for name, value in told.items() if value is not None})


def _grant(provider: OidcProvider) -> type[AuthorizationCodeGrant]:
    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, request: Any) -> None:
            provider.keep_code(_Code(code, request, request.user))

        def query_authorization_code(self, code: str, client: Any) -> _Code | None:
            return provider.take_code(code)

        def delete_authorization_code(self, authorization_code: _Code) -> None:
            provider.forget_code(authorization_code.code)

        def authenticate_user(self, authorization_code: _Code) -> Person:
            return authorization_code.person

    return Grant


def _identity(provider: OidcProvider) -> OpenIDCode:
    class Identity(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return False

        def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
            claims = self.get_authorization_code_claims(request.authorization_code)
            claims["at_hash"] = create_half_hash(token["access_token"], "RS256").decode()
            return provider.identity_token(claims, request.user)

    return Identity(require_nonce=True)
