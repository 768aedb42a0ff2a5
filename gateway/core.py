"""The core: every service that actions, channels and the console share, opened once.

``gateway.server`` opens it for the product; ``actions`` opens it for the ordinary ``rasa run actions``.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from dataclasses import dataclass
from pathlib import Path

import yaml

from connectors.client import Connector
from connectors.registry import Connectors
from gateway.cases.attachment_links import AttachmentLinks
from gateway.cases.attachments import Attachments
from gateway.cases.board import NoticeBoard
from gateway.cases.calendar import local_day
from gateway.cases.callbacks import Callbacks
from gateway.cases.cases import Cases
from gateway.cases.delivery import Delivery
from gateway.cases.desk import Desk
from gateway.cases.documents import Documents
from gateway.cases.doorbell import Doorbell, LocalDoorbell
from gateway.cases.drafts import Drafts
from gateway.cases.figures import Figures
from gateway.cases.filings import Filings
from gateway.cases.ratings import Ratings
from gateway.cases.retention import Retention
from gateway.cases.rounds import Rounds
from gateway.cases.scanning import scan_with
from gateway.cases.submissions import Submissions
from gateway.catalogue.hotlines import Hotline, load_hotlines
from gateway.catalogue.live import LiveCatalogue, shelf
from gateway.catalogue.regions import Home, Regions, home_of, load_regions
from gateway.errors import SettingsError
from gateway.identity.citizens import Citizens
from gateway.identity.consents import Consents
from gateway.identity.provider import Provider
from gateway.identity.representations import Representations
from gateway.identity.sign_in import SignIns
from gateway.identity.sources import Sources
from gateway.privacy.cipher import Cipher, find_secret
from gateway.settings import Settings
from gateway.store.store import Store

log = logging.getLogger("yiwen.core")

SHARED, LIBRARY = "_shared", "licence-library"
"""Folder in the catalogue of systems that are no department's, and the one that holds electronic licences."""


@dataclass(frozen=True)
class Core:
    """Everything below conversation. All of it blocks: call it from a thread."""

    settings: Settings
    store: Store
    live: LiveCatalogue
    connectors: Connectors
    citizens: Citizens
    sign_ins: SignIns
    consents: Consents
    sources: Sources
    representations: Representations
    drafts: Drafts
    cases: Cases
    filings: Filings
    desk: Desk
    delivery: Delivery
    callbacks: Callbacks
    submissions: Submissions
    ratings: Ratings
    rounds: Rounds
    documents: Documents
    figures: Figures
    notices: NoticeBoard
    attachments: Attachments
    attachment_links: AttachmentLinks
    retention: Retention
    bell: Doorbell
    regions: Regions
    home: Home
    hotlines: tuple[Hotline, ...] = ()

    def today(self) -> dt.date:
        """The day in China now."""
        return local_day(self.store.clock())

    def close(self) -> None:
        """Give connections back."""
        self.store.close()


def open_core(settings: Settings) -> Core:
    """Open the store (migrated), the catalogue and the connectors.

    Raises:
        OurFault: with one sentence that says which setting or file is wrong and what to do.
    """
    prepare_home(settings.home)
    secret, made_in = find_secret(settings.secret_key.get_secret_value(), settings.home)
    if made_in is not None:
        log.warning(
            "The key of all personal data lies in %s. Keep a copy apart from the database, "
            "or set GATEWAY_SECRET_KEY.", made_in,
        )
    store = Store(settings.database, Cipher(secret))
    store.migrate()
    live, regions = shelf(settings.catalogue), load_regions(settings.catalogue)
    hotlines = load_hotlines(settings.catalogue)
    connectors, library = _connectors(settings)
    bell, news = _doorbell(settings), threading.Condition()

    def short_name(department: str) -> str:
        return live.current.departments[department].short_name

    desk, home = Desk(store, connectors, short_name), home_of(settings.region, regions)
    cases = Cases(store, lambda: live.current, bell.ring, news)
    attachments = Attachments(
        store, connectors, lambda: live.current, scan_with(settings.scan_command),
        settings.attachment_megabytes * 2**20,
    )
    retention = Retention(store, settings.draft_days, settings.attachment_days)
    return Core(
        settings=settings, store=store, live=live, connectors=connectors,
        citizens=Citizens(store, people=bool(settings.oidc_issuer)),
        sign_ins=SignIns(store, Provider(settings) if settings.oidc_issuer else None, settings.sign_in_hours),
        consents=Consents(store), sources=Sources(store, library), representations=Representations(store),
        drafts=Drafts(store, lambda: live.current),
        cases=cases, notices=NoticeBoard(store, cases, lambda: live.current),
        desk=desk, ratings=Ratings(store), rounds=Rounds(store, desk, retention), retention=retention,
        delivery=Delivery(
            store, connectors, short_name, settings.retry_seconds, news, settings.workers,
            settings.lease_seconds,
        ),
        callbacks=Callbacks(store, connectors), submissions=Submissions(store, bell.ring),
        bell=bell, regions=regions, home=home, hotlines=hotlines,
        attachments=attachments, attachment_links=AttachmentLinks(store, attachments, settings.address),
        filings=Filings(store, lambda: live.current, cases, bell.ring, attachments.taken_by),
        documents=Documents(store, lambda: live.current, settings.address, home.name),
        figures=Figures(store),
    )


def _connectors(settings: Settings) -> tuple[Connectors, Connector | None]:
    """The departments', and the one of the licence library, where the catalogue has it."""
    secrets, addresses = connector_secrets(settings), connector_addresses(settings)
    theirs = {name: at for name, at in addresses.items() if name != LIBRARY}
    departments = Connectors(settings.catalogue, settings.environment, secrets, theirs)
    own = {name: at for name, at in addresses.items() if name == LIBRARY}
    shared = Connectors(settings.catalogue / SHARED, settings.environment, secrets, own)
    return departments, shared.get(LIBRARY)


def prepare_home(home: Path) -> None:
    """Make the folder of everything that the gateway writes, for its owner only.

    Raises:
        SettingsError: it cannot be made or written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = home / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingsError(
            f"GATEWAY_HOME ({home}) cannot be written: {error.strerror}. "
            "Choose a folder that you may write, such as GATEWAY_HOME=$HOME/yiwen."
        ) from error


def connector_secrets(settings: Settings) -> dict[str, str]:
    """The departments' secrets, by name, from the YAML file that the settings name."""
    path = settings.connector_secrets or settings.home / "connector-secrets.yml"
    if not path.exists():
        if settings.connector_secrets:
            raise SettingsError(f"GATEWAY_CONNECTOR_SECRETS names {path}, which is not there.")
        return {}
    read = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    if not isinstance(read, dict):
        raise SettingsError(f"{path} must map names to secrets.")
    return {str(k): str(v) for k, v in read.items()}


def connector_addresses(settings: Settings) -> dict[str, str]:
    """Base addresses that override the manifests': ``department=http://…, …``."""
    pairs = [p.strip() for p in settings.connector_addresses.split(",") if p.strip()]
    if any("=" not in p for p in pairs):
        raise SettingsError(
            "GATEWAY_CONNECTOR_ADDRESSES must look like department=http://host:port,department=…"
        )
    return {p.partition("=")[0].strip(): p.partition("=")[2].strip() for p in pairs}


def _doorbell(settings: Settings) -> Doorbell:
    if not settings.broker_url:
        return LocalDoorbell()
    from gateway.cases.broker import BrokerDoorbell  # kombu is only needed at scale

    return BrokerDoorbell(settings.broker_url)
