"""The identity provider (统一身份认证), asked by OpenID Connect: authorization code with PKCE.

Authlib makes the requests, joserfc checks the signed answer. After OpenID Connect Core 1.0, RFC 7636
and RFC 9207. Tokens live in one call of :meth:`Provider.redeem` and are kept nowhere.
"""

from __future__ import annotations

import hmac
import threading
from dataclasses import dataclass, field
from typing import Any, cast

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from gateway.errors import RetryLater, SettingsError, YiwenError
from gateway.settings import Settings

SECONDS = (3, 8)
"""To reach the provider, and to have its answer."""
LEEWAY = 30
ALGORITHMS = ["RS256", "PS256", "ES256"]
SCOPE = "openid profile"
BASIC, REAL_NAME = "basic", "real_name"


class SignInRefused(YiwenError):
    """The provider's answer cannot be trusted, or it says no. The message is for engineers."""


@dataclass(frozen=True)
class Person:
    """What the provider says of whoever signed in. ``subject`` holds the issuer too."""

    subject: str = field(repr=False)
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    level: str


@dataclass(frozen=True)
class Begun:
    """What is kept, sealed, between going to the provider and coming back."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


class Provider:
    """One provider. All calls but the constructor block."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._client = settings.oidc_client_id
        self._secret = settings.oidc_client_secret.get_secret_value()
        self._scope = f"{SCOPE} {settings.oidc_scope}".strip()
        self._id_claim = settings.oidc_id_number_claim
        self._real_name = {v.strip() for v in settings.oidc_real_name.split(",") if v.strip()}
        self._facts: dict[str, Any] | None = None
        self._lock = threading.Lock()
        if not self._client:
            raise SettingsError("GATEWAY_OIDC_ISSUER is set, but GATEWAY_OIDC_CLIENT_ID is not. Set both.")

    def address(self, begun: Begun) -> str:
        """Where the browser has to go.

        Raises:
            RetryLater: the provider cannot be reached.
        """
        with self._session(begun.redirect_uri) as session:
            url, _ = session.create_authorization_url(
                self.facts()["authorization_endpoint"], state=begun.state, nonce=begun.nonce,
                code_verifier=begun.verifier, prompt="login",
            )
        return str(url)

    def redeem(self, begun: Begun, code: str, issuer: str) -> Person:
        """Who signed in. ``issuer`` is the ``iss`` of the answer, empty where the provider sends none.

        Raises:
            SignInRefused: code, signature, issuer, audience, age or nonce is not as it must be.
            RetryLater: the provider cannot be reached.
        """
        facts = self.facts()
        if (issuer or facts.get("authorization_response_iss_parameter_supported")) and issuer != self._issuer:
            raise SignInRefused("the answer comes from another issuer")
        try:
            with self._session(begun.redirect_uri) as session:
                token = session.fetch_token(
                    facts["token_endpoint"], code=code, code_verifier=begun.verifier, timeout=SECONDS,
                    allow_redirects=False,
                )
                claims = self._checked(str(token.get("id_token") or ""), begun.nonce)
                told = self._userinfo(session, claims)
        except OAuthError as error:
            raise SignInRefused(f"the provider refused the code: {error.error}") from None
        except requests.RequestException as error:
            raise RetryLater(f"the identity provider cannot be reached: {type(error).__name__}") from None
        except (ValueError, KeyError, TypeError):
            raise SignInRefused("the provider's answer cannot be read") from None
        return self._person({**told, **claims})

    def facts(self) -> dict[str, Any]:
        """The provider's own description (discovery), read once.

        Raises:
            RetryLater: it cannot be had, or describes another issuer.
        """
        with self._lock:
            if self._facts is None:
                found = self._get(f"{self._issuer}/.well-known/openid-configuration")
                if str(found.get("issuer") or "").rstrip("/") != self._issuer:
                    raise RetryLater("the provider's description names another issuer")
                self._facts = found
            return self._facts

    def _session(self, redirect_uri: str) -> OAuth2Session:
        session = OAuth2Session(
            self._client, self._secret or None, scope=self._scope, redirect_uri=redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",
        )
        session.trust_env = False  # a proxy of the environment would see who signs in
        return session

    def _checked(self, id_token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token whose signature and claims are good."""
        try:
            token = jwt.decode(id_token, self._keys(), algorithms=ALGORITHMS)
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY, iss={"essential": True, "value": self.facts()["issuer"]},
                sub={"essential": True}, aud={"essential": True, "value": self._client},
                exp={"essential": True}, iat={"essential": True}, nonce={"essential": True},
            ).validate(token.claims)
        except JoseError as error:
            raise SignInRefused(f"the ID token is not good: {error.error}") from None
        claims: dict[str, Any] = token.claims
        if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
            raise SignInRefused("the ID token answers another request")
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else self._client) != self._client:
            raise SignInRefused("the ID token is meant for another client")
        return claims

    def _keys(self) -> KeySet:
        return KeySet.import_key_set(cast(KeySetSerialization, self._get(self.facts()["jwks_uri"])))

    def _userinfo(self, session: OAuth2Session, claims: dict[str, Any]) -> dict[str, Any]:
        """Name and number, where the ID token does not hold them; of the same subject only."""
        endpoint = self.facts().get("userinfo_endpoint")
        if not endpoint or {"name", self._id_claim} <= claims.keys():
            return {}
        answer = session.get(endpoint, timeout=SECONDS, allow_redirects=False)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        if told.get("sub") != claims["sub"]:
            raise SignInRefused("the user information is somebody else's")
        return told

    def _person(self, told: dict[str, Any]) -> Person:
        name, number = str(told.get("name") or ""), str(told.get(self._id_claim) or "").upper()
        real = bool(name and number) and str(told.get("acr") or "") in self._real_name
        return Person(
            subject=f"{self._issuer}#{told['sub']}", name=name, id_number=number,
            level=REAL_NAME if real else BASIC,
        )

    def _get(self, url: str) -> dict[str, Any]:
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.get(url, timeout=SECONDS, allow_redirects=False)
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise RetryLater(f"the identity provider cannot be read: {type(error).__name__}") from None
        if not isinstance(found, dict) or answer.status_code != 200:
            raise RetryLater("the identity provider's answer is no description")
        return found
