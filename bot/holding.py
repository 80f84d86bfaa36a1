"""Has WeChat hold what a content is made of: files, drafts, published articles. Once each, whoever asks.

Nothing here is inside a transaction while it talks to WeChat. Who comes second waits for the first.
"""

import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from bot.rules.contents import articles, media
from bot.rules.contents.parts import article_key
from bot.rules.contents.rendering import labelled_parts_of, needs
from bot.services import Services
from bot.store.campaigns import media_files, uploads
from bot.store.campaigns.uploads import Standing
from bot.values.content import Need, Part
from bot.values.outcome import Later, Never, Outcome
from bot.values.push import Content
from bot.wechat.errors import WeChatError, outcome_of, reason_of

WAITS = 20.0  # seconds for another process's upload
LOOKS_EVERY = 0.2
ASKED_AGAIN = timedelta(minutes=1)  # whether WeChat has published the article
AFTER_A_REFUSAL = timedelta(minutes=10)
AFTER_AN_END = timedelta(days=1)
FINAL = ("unsendable", "publication:")  # another try in a minute would end the same
ENDED = frozenset({"original_by_another", "failed", "audit_refused", "deleted", "banned"})
BAD_MEDIA = "wechat 40007 "

_log = structlog.get_logger(__name__)


class NotHeld(Exception):
    """What the attempt comes to instead: nothing was sent."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome


def hold(
    services: Services, content: Content, *, mass: bool, lasts: timedelta = timedelta()
) -> dict[Need, str]:
    """All that a send of this content names; `lasts`: how long from now it has to be good. Raises `NotHeld`."""
    wanted = needs(content, mass=mass)
    held = _known(services, wanted, lasts)
    by_article = {article_key(part): part for part in labelled_parts_of(content) if part.kind == "article"}
    for need in wanted:
        if need not in held:
            held[need] = _brought(services, need, by_article.get(need.key), content, lasts)
    return held


def hold_files(services: Services, needs: Sequence[Need]) -> dict[Need, str]:
    """The same of files alone, for what is no content. Raises `NotHeld`."""
    held = _known(services, list(needs), timedelta())
    for need in needs:
        if need not in held:
            held[need] = _brought(services, need, None, None, timedelta())
    return held


def hold_anew(
    services: Services, content: Content, held: Mapping[Need, str], *, mass: bool
) -> dict[Need, str]:
    """After WeChat refused one of them (40007): all are brought there again. Raises `NotHeld`."""
    with services.database.transaction() as session:
        uploads.forget(session, dict(held))
    return hold(services, content, mass=mass)


def is_refused_media(outcome: Outcome) -> bool:
    return isinstance(outcome, Never) and outcome.reason.startswith(BAD_MEDIA)


def _known(services: Services, wanted: list[Need], lasts: timedelta) -> dict[Need, str]:
    if not wanted:
        return {}
    with services.database.reading() as session:
        return uploads.held(session, wanted, good_until=services.now() + lasts)


def _brought(
    services: Services, need: Need, part: Part | None, content: Content | None, lasts: timedelta
) -> str:
    if need.form == "article" and not (content and content.is_approved):
        raise NotHeld(Never("not_approved"))
    token, give_up_at = uuid.uuid4().hex, time.monotonic() + WAITS
    while True:
        with services.database.transaction() as session:
            is_mine = uploads.take(session, need, token, services.now(), services.clock.real())
        if is_mine:
            return _bring(services, need, token, part, content, lasts)
        if value := _known(services, [need], lasts).get(need):
            return value
        with services.database.reading() as session:
            standing = uploads.standings(session, [need]).get(need)
        if standing and standing.retry_at and standing.retry_at > services.now():
            raise NotHeld(_refusal(standing))
        if time.monotonic() > give_up_at:
            raise NotHeld(Later(services.now() + ASKED_AGAIN, "not_held"))
        time.sleep(LOOKS_EVERY)


def _bring(
    services: Services, need: Need, token: str, part: Part | None, content: Content | None, lasts: timedelta
) -> str:
    """With the lease: looks once more, as it may be there since, and gives the lease back whatever happens."""
    if value := _known(services, [need], lasts).get(need):
        _renewed(services, need, token, "", services.now())
        return value
    try:
        if need.form == "article" and content:
            return _publish(services, need, token, _article(part), content)
        if need.form == "draft" and content:
            return _keep(services, need, token, _draft(services, _article(part), content), None)
        return _upload(services, need, token)
    except NotHeld as reason:
        told = getattr(reason.outcome, "reason", "")
        at = reason.outcome.at if isinstance(reason.outcome, Later) else services.now() + AFTER_AN_END
        _renewed(services, need, token, told, at)
        raise
    except WeChatError as error:
        outcome = outcome_of(error, services.now(), repeatable=True)  # a file twice harms nobody
        at = outcome.at if isinstance(outcome, Later) else services.now() + AFTER_A_REFUSAL
        _renewed(services, need, token, reason_of(error), at)
        _log.warning("wechat would not take it", form=need.form, reason=reason_of(error))
        raise NotHeld(outcome) from None


def _refusal(standing: Standing) -> Outcome:
    if standing.error.startswith(FINAL) or standing.retry_at is None:
        return Never(standing.error)
    return Later(standing.retry_at, standing.error or "not_held")


def _upload(services: Services, need: Need, token: str) -> str:
    with services.database.reading() as session:
        file = media_files.find(session, need.key)
        for_good = need.must_last or media.is_kept_for_good(
            need.form, uploads.kept_for_good(session, need.form)
        )
    if file is None:
        raise NotHeld(Never("unsendable:no_file"))
    name = f"{need.key[:16]}{media.ENDINGS[file.content_type]}"
    value = services.wechat.library.upload(need.form, name, file.content, for_good=for_good)
    return _keep(services, need, token, value, None if for_good else services.now() + media.LASTS)


def _draft(services: Services, part: Part, content: Content) -> str:
    pictures = [Need(name, "inline") for name in articles.files_in(part.body)]
    cover = Need(part.cover, "image", must_last=True)
    held = _known(services, [cover, *pictures], timedelta())
    for need in (cover, *pictures):
        if need not in held:
            held[need] = _brought(services, need, None, content, timedelta())
    body = articles.with_pictures(articles.as_html(part.body), {need.key: held[need] for need in pictures})
    form = articles.form(
        title=part.title, author=part.author, digest=part.digest, body=body, url=part.url, cover_media_id=held[cover]
    )  # fmt: skip
    return services.wechat.library.add_draft(form)


def _publish(services: Services, need: Need, token: str, part: Part, content: Content) -> str:
    """WeChat works at it for a while: it is asked again later."""
    with services.database.reading() as session:
        standing = uploads.standings(session, [need])[need]
    job = standing.job or services.wechat.library.publish(_draft(services, part, content))
    state, article_id = services.wechat.library.publication(job)
    if state == "published" and article_id:
        return _keep(services, need, token, article_id, None)
    if state in ENDED:
        raise NotHeld(Never(f"publication:{state}"))
    at = services.now() + ASKED_AGAIN
    with services.database.transaction() as session:
        uploads.give_up(session, need, token, "being_published", at, job=job)
    raise NotHeld(Later(at, "being_published"))


def _keep(services: Services, need: Need, token: str, value: str, expires_at: datetime | None) -> str:
    now = services.now()
    with services.database.transaction() as session:
        uploads.keep(session, need, token, value, expires_at=expires_at, now=now)
    return value


def _renewed(services: Services, need: Need, token: str, error: str, retry_at: datetime) -> None:
    with services.database.transaction() as session:
        uploads.give_up(session, need, token, error, retry_at)


def _article(part: Part | None) -> Part:
    if part is None:
        raise NotHeld(Never("unsendable"))
    return part
