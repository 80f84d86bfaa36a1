"""The demo in one folder: an account, a shop and a sign-in of its own. Started again, everything is as it was left."""

import json
import os
import secrets
import string
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.config import Config
from bot.rules.segments import segment_presets
from bot.sandbox.shop import catalogue
from bot.sandbox.shop.generate import DemoShop
from bot.sandbox.shop.seeding import seed
from bot.store.campaigns import definitions
from bot.store.database import Database, Session
from bot.store.operators import passwords, staff
from bot.store.segments import segments
from bot.store.sending import notice_templates
from bot.store.shop import bulk
from bot.values.channels import NOTICE, TEMPLATE

NAME = "demo"
ACCOUNT = ("app_id", "app_secret", "token", "encoding_aes_key")
AES_KEY_LETTERS = string.ascii_letters + string.digits


class NoAccount(Exception):
    """One line: the file is there, and is none the demo wrote."""


@dataclass(frozen=True, slots=True)
class SignIn:
    name: str
    password: str  # empty: somebody changed it in the console


def settings(folder: Path, port: int) -> Config:
    """Everything in `folder`, on loopback, against the simulator of this very server, in safe mode."""
    account = _kept(folder)
    address = f"http://127.0.0.1:{port}"
    return Config.model_validate(
        {
            "wechat": {name: account[name] for name in ACCOUNT} | {"api_base": f"{address}/sandbox"},
            "server": {"host": "127.0.0.1", "port": port, "public_url": address},
            "database": {"url": f"sqlite:///{quote(str(folder))}/weilan.db", "synchronous": "normal"},
            "membership": {"source": "orders"},
            "webhooks": {"allow_private": True},  # a receiver to try them with is on this machine, too
            "sandbox": {"clock": True, "simulator": True},
        }
    )


def open_shop(database: Database, folder: Path, now: datetime) -> SignIn:
    """Puts in what is missing: the shop once, the sign-in whenever nobody has it."""
    password = _kept(folder)["password"]
    password_hash = passwords.hashed(password)
    with database.transaction() as session:
        segments.keep_everyone(session, now)
        notice_templates.keep(session, NOTICE, catalogue.notices(), now)
        notice_templates.keep(session, TEMPLATE, catalogue.message_templates(), now)
        staff.add(session, name=NAME, role="admin", password_hash=password_hash, now=now)
        if not bulk.has_product(session, catalogue.products()[0].external_id):
            seed(session, DemoShop().generate(now), now)
            _plan(session, now)
    with database.reading() as session:
        found = staff.find_credentials(session, NAME)
    return SignIn(NAME, password if found and passwords.fits(password, found.password_hash) else "")


def _plan(session: Session, now: datetime) -> None:
    """The shop's campaigns, but for those whose time is over; and every segment that is there for the taking."""
    person = staff.find_by_name(session, NAME)
    plans = catalogue.plans_and_knowledge()
    still = tuple(campaign for campaign in plans.campaigns if campaign.ends >= now.date())
    definitions.apply(
        session,
        replace(plans, segments=plans.segments + segment_presets.presets().segments, campaigns=still),
        staff_id=person.id if person else None,
        approve=True,
        now=now,
    )


def _kept(folder: Path) -> dict[str, Any]:
    """The pretended account's secrets and the password: made at the first start, readable only by their owner."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "account.json"
    if not file.exists():
        made = {
            "app_id": f"wx{secrets.token_hex(8)}",
            "app_secret": secrets.token_hex(16),
            "token": secrets.token_hex(8),
            "encoding_aes_key": "".join(secrets.choice(AES_KEY_LETTERS) for _ in range(43)),
            "password": secrets.token_urlsafe(9),
        }
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as writer:
            json.dump(made, writer, indent=1)
    try:
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return {name: kept[name] for name in (*ACCOUNT, "password")}
    except (ValueError, KeyError, TypeError):
        raise NoAccount(f"{file}: not the account of a demo; delete {folder} to begin anew") from None
