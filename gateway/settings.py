"""Every setting of the product: one environment variable each, typed, with its default.

``docs/settings.md`` documents them; a test fails when one is missing there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional
from urllib.parse import urlsplit

from pydantic import BaseSettings, Field, SecretStr, ValidationError, validator

from gateway.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What the environment says. Read once at start with :func:`load` and passed on."""

    home: Path = Field(Path("var"), description="folder of everything the gateway writes")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(5005, ge=1, le=65535, description="port to listen on")
    public_url: str = Field("", description="address that citizens and departments see")
    catalogue: Path = Field(ROOT / "catalogue", description="folder of departments and items")
    region: str = Field("清河市", description="the place that is served: a region's code or name")
    model: Optional[Path] = Field(None, description="model file; default: the newest one trained")
    database_url: str = Field("", description="SQLAlchemy URL; default: SQLite in GATEWAY_HOME")
    redis_url: str = Field("", description="Redis for locks and rate limits; default: in memory")
    broker_url: str = Field("", description="RabbitMQ for delivery; default: in process")
    secret_key: SecretStr = Field(SecretStr(""), description="key of all encryption and signing")
    admin_password: SecretStr = Field(SecretStr(""), description="sets the staff password at start")
    environment: str = Field("sample", description="which address of each connector is called")
    connector_secrets: Optional[Path] = Field(None, description="YAML file of departments' secrets")
    connector_addresses: str = Field("", description="department=address pairs that override")
    rest_token: SecretStr = Field(SecretStr(""), description="bearer token asked at the REST door")
    metrics_token: SecretStr = Field(SecretStr(""), description="bearer token asked at /metrics")
    wechat_token: SecretStr = Field(SecretStr(""), description="token of the WeChat account")
    wechat_app_id: str = Field("", description="AppID of the WeChat account, for photos and notices")
    wechat_app_secret: SecretStr = Field(SecretStr(""), description="AppSecret of the WeChat account")
    wechat_api: str = Field("https://api.weixin.qq.com", description="address of WeChat's own API")
    oidc_issuer: str = Field("", description="identity provider; default: nobody signs in")
    oidc_client_id: str = Field("", description="name under which the provider knows the gateway")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="secret of that client")
    oidc_scope: str = Field("id_number", description="scopes besides openid and profile")
    oidc_id_number_claim: str = Field("id_number", description="claim with the identity number")
    oidc_real_name: str = Field("real_name", description="values of acr that mean 实名, by comma")
    sign_in_hours: int = Field(12, ge=1, le=720, description="how long a citizen stays signed in")
    sample_sign_in: bool = Field(False, description="one call signs a REST sender in, for trials")
    widget_origins: str = Field("", description="sites that may embed the widget, comma separated")
    embeddings_url: str = Field("", description="OpenAI-compatible endpoint in place of the encoder")
    embeddings_model: str = Field("", description="model to name to that endpoint")
    embeddings_key: SecretStr = Field(SecretStr(""), description="bearer key of that endpoint")
    messages_per_minute: int = Field(120, ge=1, description="limit of one sender's messages")
    reload: bool = Field(False, description="watch the catalogue and reload it on change")
    draft_days: int = Field(30, ge=1, le=3650, description="how long a draft that was left is kept")
    attachment_days: int = Field(30, ge=0, le=3650, description="how long attachments outlive their case")
    attachment_megabytes: int = Field(8, ge=1, le=20, description="largest photo that may be sent")
    scan_command: str = Field("", description="program that scans attachments for viruses")
    retry_seconds: float = Field(2, gt=0, le=600, description="wait after a failed delivery, then doubled")
    lease_seconds: float = Field(90, ge=1, le=3600, description="how long a worker owns a submission, at least")
    workers: int = Field(2, ge=0, le=64, description="delivery workers in this process")

    class Config:
        env_prefix = "GATEWAY_"
        extra = "forbid"

    @validator("environment")
    def _known_environment(cls, value: str) -> str:
        if value not in {"sample", "test", "live"}:
            raise ValueError("must be sample, test or live")
        return value

    @validator("oidc_issuer", "wechat_api")
    def _safe_issuer(cls, value: str) -> str:
        parts = urlsplit(value)
        near = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}
        if value and not (near or (parts.scheme == "https" and parts.hostname)):
            raise ValueError("must be an https address, or http on this machine")
        return value

    @validator("sample_sign_in")
    def _samples_only(cls, value: bool, values: dict[str, Any]) -> bool:
        if value and values.get("environment") != "sample":
            raise ValueError("is for GATEWAY_ENVIRONMENT=sample only")
        return value

    @property
    def address(self) -> str:
        """The address that citizens see, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{(self.home / 'gateway.db').resolve()}"


def load(**overrides: Any) -> Settings:
    """Read the settings; ``overrides`` win over the environment.

    Raises:
        SettingsError: one sentence a variable that cannot be used.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        problems = "; ".join(
            f"GATEWAY_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()
        )
        raise SettingsError(f"{problems}. See docs/settings.md.") from error
