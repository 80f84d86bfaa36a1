"""Looks at the settings and everything they name, one by one, and says what to do about each fault.

Each look stands alone: what is broken here does not hide what is broken there. Changes nothing.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from bot.config import LOOPBACK, Config, is_stand_in, misshapen, missing
from bot.insight import intent_learning
from bot.insight.intent_learning import CannotLearn
from bot.language.folder import FolderEmbeddings
from bot.opening import NotReady, built, check_version, read_rules, what_to_do
from bot.services import Services, connect
from bot.store import revisions, server_time, spool
from bot.store.campaigns import working_days
from bot.store.database import Database
from bot.store.keys import RedisKeys
from bot.store.programs import webhooks
from bot.store.sending import halts
from bot.values.finding import Finding
from bot.values.language import ModelFailed
from bot.wechat.client import WeChatClient
from bot.wechat.errors import WeChatError

T = TypeVar("T")

KNOWN_AHEAD = timedelta(days=30)  # the notice comes in November
MOST_APART = timedelta(seconds=2)  # of two clocks: claims and windows lean on them
SEND = "/cgi-bin/message/custom/send"


def examine(config: Config) -> Iterator[Finding]:
    """The findings in the order in which one would put them right."""
    yield _settings(config)
    yield _public_url(config)
    yield _processes(config)
    yield _spool(config)
    yield _understanding(config)
    if config.understanding.encoder_folder:
        yield _encoder(Path(config.understanding.encoder_folder))
    database = connect(config)
    try:
        findings = list(_stores(config, database))
        stand = all(finding.is_fine for finding in findings)
        told = [_webhooks(database)] if stand else []
        told.append(_rules(config, database if stand else None))
    finally:
        database.close()
    yield from (*findings, *told)
    yield _keys(config)
    if stand:
        services, _ = built(config)
        try:
            yield _calendar(services)
            yield _pushes(services)
            if not missing(config):
                yield from _wechat(services)
        finally:
            services.close()


def _settings(config: Config) -> Finding:
    if lacking := missing(config):
        return Finding(
            "settings",
            False,
            f"missing: {', '.join(lacking)}",
            "copy them from the WeChat developer platform",
        )
    if odd := misshapen(config):
        said = "; ".join(f"{key}: expected {expected}" for key, expected in odd.items())
        return Finding("settings", False, said, "compare them with the WeChat developer platform")
    mode = "safe or compatible mode" if config.wechat.encoding_aes_key.get_secret_value() else "plain mode"
    return Finding("settings", True, f"a {config.wechat.account_kind} account, {mode}")


def _public_url(config: Config) -> Finding:
    host = urlsplit(config.server.public_url).hostname or ""
    if host in LOOPBACK and not is_stand_in(config.wechat.api_base):
        todo = "set server.public_url to the https address of your reverse proxy, and enter it with /wechat on the platform"
        return Finding("public_url", False, f"WeChat cannot reach {config.server.public_url}", todo)
    return Finding("public_url", True, f"{config.server.public_url}/wechat is where WeChat calls")


def _processes(config: Config) -> Finding:
    on_sqlite = config.database.url.get_secret_value().startswith("sqlite")
    if on_sqlite and config.server.processes > 1:
        return Finding(
            "processes",
            False,
            "SQLite has one writing process",
            "set server.processes = 1, or use PostgreSQL",
        )
    return Finding("processes", True, f"{config.server.processes} with {config.server.threads} threads each")


def _spool(config: Config) -> Finding:
    folder = spool.folder_of(config)
    if why := spool.objection(folder):
        said = f"nothing can be kept in {folder}: {why}"
        return Finding("spool", False, said, "let this user write there, or set server.spool")
    return Finding("spool", True, f"{folder} keeps messages while the database takes none")


def _understanding(config: Config) -> Finding:
    extra = config.understanding.examples
    try:
        lessons = intent_learning.lessons(Path(extra) if extra else None)
    except CannotLearn as error:
        return Finding(
            "understanding", False, str(error), "put it right, or leave understanding.examples empty"
        )
    said = f"{len(lessons.texts):,} sentences to learn from, of {len(set(lessons.labels))} intents"
    return Finding("understanding", True, said)


def _encoder(folder: Path) -> Finding:
    began = time.monotonic()
    try:
        [vector] = FolderEmbeddings(folder).vectors(["您好"], seconds=60.0)
    except ModelFailed as error:
        todo = "put a static model (model2vec) there: model.safetensors, tokenizer.json, config.json"
        return Finding("encoder", False, str(error), todo)
    return Finding(
        "encoder", True, f"{len(vector)} numbers a sentence, loaded in {time.monotonic() - began:.1f} s"
    )


def _stores(config: Config, database: Database) -> Iterator[Finding]:
    if why := database.silence():
        yield Finding("database", False, f"does not answer: {why}", what_to_do(database, why))
        return
    yield Finding("database", True, "SQLite" if database.is_sqlite else "PostgreSQL")
    if version := revisions.ahead(database):
        said = f"the database is at {version}, this Weilan knows it up to {revisions.newest()}"
        yield Finding(
            "migrations", False, said, "start the newer one, or restore a backup from before its upgrade"
        )
        return
    if lacking := revisions.missing(database):
        yield Finding("migrations", False, f"{len(lacking)} behind", "run `weilan db upgrade`")
        return
    if lacking := revisions.lacking(database):
        todo = "an unfinished version upgraded it: restore a backup from before, or begin with an empty one"
        yield Finding("migrations", False, f"up to date, and yet there is no {', '.join(lacking)}", todo)
        return
    yield Finding("migrations", True, "up to date")
    if why := database.refusal():
        todo = "end what else writes to it, make room on its disk, or give this user the right to write"
        yield Finding("writing", False, f"the database takes nothing: {why}", todo)
        return
    given = config.server.secret_key.get_secret_value()
    yield Finding("secret key", True, "from the settings" if given else "kept in the database")
    yield _clock(database)


def _clock(database: Database) -> Finding:
    with database.reading() as session:
        apart = server_time.now(session) - datetime.now(UTC)
    if abs(apart) > MOST_APART:
        said = f"this machine and the database are {apart.total_seconds():.0f} seconds apart"
        return Finding(
            "clock", False, said, "let both machines follow one time server (chrony, systemd-timesyncd)"
        )
    return Finding("clock", True, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, as the database's")


def _rules(config: Config, database: Database | None) -> Finding:
    """The files of a shop's own; without a database, whether they can be read at all."""
    own = (config.facts.rules, config.facts.tones, config.membership.rules, config.value.partitions)
    try:
        read_rules(config)
        if database is not None:
            check_version(config, database)
    except NotReady as bad:
        return Finding("rules", False, str(bad), "put the file right")
    return Finding("rules", True, ", ".join(filter(None, own)) or "those that come with Weilan")


def _calendar(services: Services) -> Finding:
    """Whether the holidays are known for as far ahead as something is planned by them."""
    today = services.now().astimezone(services.config.push.zone).date()
    with services.database.reading() as session:
        calendar = working_days.around(session, today)
    years = sorted({today.year, (today + KNOWN_AHEAD).year})
    if unknown := [str(year) for year in years if not calendar.knows(year)]:
        said = f"the holidays of {', '.join(unknown)} are not known; days go by their weekday"
        todo = "`weilan calendar override` the days of the State Council's notice, then `weilan calendar year … known`"
        return Finding("calendar", True, said, todo)  # nothing is broken, and a year may be late
    return Finding("calendar", True, f"holidays known until the end of {years[-1]}")


def _webhooks(database: Database) -> Finding:
    with database.reading() as session:
        endpoints = webhooks.every(session)
    silent = [one for one in endpoints if one.state == "paused" or one.failing_since]
    if not silent:
        dead = sum(one.dead for one in endpoints)
        return Finding("webhooks", True, f"{len(endpoints)} endpoints, {dead} dead letters")
    said = "; ".join(
        f"endpoint {one.id} ({one.url}) is {f'paused, {one.reason}' if one.state == 'paused' else 'failing'}, "
        f"{one.waiting} calls wait"
        for one in silent
    )
    todo = "look at the receiver, `weilan webhook test` it, then `resume`, and `redeliver` what died"
    return Finding("webhooks", False, said, todo)


def _pushes(services: Services) -> Finding:
    """What is halted is told, whoever or whatever halted it."""
    with services.database.reading() as session:
        halted = halts.every(session, services.now())
    if not halted:
        return Finding("pushes", True, "no channel is halted")
    said = "; ".join(
        f"{one.channel} since {one.since:%m-%d %H:%M} UTC ({one.reason}"
        f"{f', tried again at {one.until:%m-%d %H:%M} UTC' if one.until else ''})"
        for one in halted
    )
    todo = "look at the reason, then `weilan push resume` for all pushes, `weilan push lift CHANNEL` for one channel"
    return Finding("pushes", False, f"halted: {said}", todo)


def _keys(config: Config) -> Finding:
    url = config.redis.url.get_secret_value()
    if not url:
        return Finding("keys", True, "embedded, in the database")
    keys = RedisKeys(url)
    try:
        if not keys.is_up():
            return Finding(
                "keys",
                False,
                "Redis does not answer",
                "start it, and compare redis.url; until then the database stands in",
            )
    finally:
        keys.close()
    return Finding("keys", True, "Redis")


def _wechat(services: Services) -> Iterator[Finding]:
    client = WeChatClient(services.config.wechat, services.keys)
    yield _asked("wechat token", client.check_token, lambda _: "WeChat gives one")
    yield _asked(
        "wechat quota",
        lambda: client.operations.quota(SEND),
        lambda quota: f"{quota.left} of {quota.daily_limit} calls left today",
    )


def _asked(about: str, question: Callable[[], T], said: Callable[[T], str]) -> Finding:
    try:
        return Finding(about, True, said(question()))
    except WeChatError as error:
        return Finding(
            about,
            False,
            str(error),
            error.advice or "compare wechat.api_base, and whether this machine may go out to it",
        )
