"""A small OpenID provider (Authlib) whose access tokens carry Slurm's claim ``sun``.

Run as a program: ``openid_provider PORT KEY.pem LIFETIME``. Users log in by name, as
this is a test. ``POST /revoke`` ends every login, as an administrator would.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc6749.models import AuthorizationCodeMixin
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import Flask, Response, jsonify, request
from jwt.algorithms import RSAAlgorithm

CLIENT_ID, CLIENT_SECRET = "jupyterhub", "the hub's secret"


@dataclass
class User:
    name: str

    def get_user_id(self) -> str:
        return self.name


class Client(ClientMixin):
    """The hub."""

    client_id = CLIENT_ID

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.startswith("http://127.0.0.1:")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return True

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")


@dataclass
class Code(AuthorizationCodeMixin):
    code: str
    user: User
    redirect_uri: str
    scope: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass
class Token(TokenMixin):
    user: User
    values: dict[str, Any]
    issued_at: float = field(default_factory=time.time)
    revoked: bool = False

    def check_client(self, client: Client) -> bool:
        return True

    def get_scope(self) -> str:
        return str(self.values.get("scope", ""))

    def get_expires_in(self) -> int:
        return int(self.values["expires_in"])

    def is_expired(self) -> bool:
        return time.time() > self.issued_at + self.get_expires_in()

    def is_revoked(self) -> bool:
        return self.revoked

    def get_user(self) -> User:
        return self.user

    def get_client(self) -> Client:
        return Client()


CODES: dict[str, Code] = {}
TOKENS: list[Token] = []


class CodeGrant(grants.AuthorizationCodeGrant):
    def save_authorization_code(self, code: str, request: Any) -> None:
        payload = request.payload
        CODES[code] = Code(code, request.user, payload.redirect_uri, payload.scope)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return CODES.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del CODES[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> User:
        return authorization_code.user


class RefreshGrant(grants.RefreshTokenGrant):
    INCLUDE_NEW_REFRESH_TOKEN = True
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        for token in TOKENS:
            if token.values.get("refresh_token") == refresh_token and not token.revoked:
                return token
        return None

    def authenticate_user(self, refresh_token: Token) -> User:
        return refresh_token.user

    def revoke_old_credential(self, refresh_token: Token) -> None:
        refresh_token.revoked = True


class Validator(BearerTokenValidator):
    def authenticate_token(self, token_string: str) -> Token | None:
        return next((t for t in TOKENS if t.values["access_token"] == token_string), None)


def make_generator(issuer: str, key: dict[str, Any], lifetime: int) -> JWTBearerTokenGenerator:
    class Generator(JWTBearerTokenGenerator):
        def get_jwks(self) -> Any:
            return {"keys": [key]}

        def get_extra_claims(self, client: Any, grant_type: str, user: User, scope: str) -> Any:
            return {"sun": user.name}

    return Generator(
        issuer,
        alg="RS256",
        refresh_token_generator=lambda *_, **__: f"refresh-{time.time_ns()}",
        expires_generator=lambda *_: lifetime,
    )


def make_app(issuer: str, key: dict[str, Any], lifetime: int) -> Flask:
    app = Flask("openid-provider")
    server = AuthorizationServer(
        app,
        query_client=lambda client_id: Client() if client_id == CLIENT_ID else None,
        save_token=lambda values, request: TOKENS.append(Token(request.user, dict(values))),
    )
    server.register_token_generator("default", make_generator(issuer, key, lifetime))
    server.register_grant(CodeGrant)
    server.register_grant(RefreshGrant)
    protect = ResourceProtector()
    protect.register_token_validator(Validator())

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Any:
        if request.method == "GET":
            return "<form method=post>Your name: <input name=user></form>"
        return server.create_authorization_response(grant_user=User(request.form["user"]))

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.get("/userinfo")
    @protect()
    def userinfo() -> Response:
        token = next(
            t for t in TOKENS if t.values["access_token"] in request.headers["Authorization"]
        )
        return jsonify(sub=token.user.name, preferred_username=token.user.name)

    @app.get("/jwks")
    def jwks() -> Response:
        return jsonify(public_keys(key))

    @app.post("/revoke")
    def revoke() -> str:
        for token in TOKENS:
            token.revoked = True
        return "done"

    return app


def read_key(path: Path) -> dict[str, Any]:
    """The private key as JWK."""
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    jwk = RSAAlgorithm.to_jwk(key, as_dict=True)
    del jwk["key_ops"]
    return {**jwk, "kid": "provider-1", "use": "sig", "alg": "RS256"}


def public_keys(key: dict[str, Any]) -> dict[str, Any]:
    names = ("kty", "n", "e", "kid", "use", "alg")
    return {"keys": [{name: key[name] for name in names}]}


def main(port: str, key_file: str, lifetime: str) -> None:
    key = read_key(Path(key_file))
    if port == "jwks":
        sys.stdout.write(json.dumps(public_keys(key)))
        return
    make_app(f"http://127.0.0.1:{port}", key, int(lifetime)).run("127.0.0.1", int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
