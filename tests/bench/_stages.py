"""Where the time of a message goes: each stage alone, in one thread, the best of several rounds."""

import io
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from bot.clock import SystemClock
from bot.insight.intent_learning import learned, lessons
from bot.store import schema
from bot.store.database import Database
from bot.store.talk import arrivals
from bot.store.talk import messages as log
from bot.values.reply import Text
from bot.wechat import messages, replies
from bot.wechat.envelope import Envelope
from handlers import router
from handlers.app import create_app, stop
from handlers.chat.speaking import Context
from handlers.knowledge_watch import KnowledgeWatch
from handlers.webhook import arguments
from handlers.windows import windows_of
from tests.bench._seeds import seed
from tests.support.door import event, seal, services_of, text_message

TIMES, ROUNDS = 200, 4
_numbers = count(int(time.time() * 1000))


def show(folder: Path) -> None:
    database = Database(f"sqlite:///{folder}/stages.db", synchronous="normal")
    schema.upgrade(database)
    seed(database, people=["o-anna"], entries=120)
    services = services_of(database, SystemClock(), folder / "spool")
    services.understanding.put_model(learned(lessons(), folder / "intents"), "bench")
    watch = KnowledgeWatch(database, services.knowledge)
    watch.start()
    envelope = Envelope(services.config.wechat)
    now = services.now()
    query, body = seal(text_message("退订", "o-anna"), int(now.timestamp()))
    args = arguments(query)
    opened = envelope.open(args, body, now)
    incoming = messages.read(opened.xml)
    reply = Text("好的，从现在起不再给您发推送了。")
    xml = replies.write(reply, incoming, now)
    _line("query, verify, decrypt", lambda: envelope.open(arguments(query), body, now))
    _line("XML to a value", lambda: messages.read(opened.xml))
    _line("empty transaction: BEGIN, COMMIT, queue", lambda: database.together(lambda _session: None))
    windows = windows_of(services.config)

    def fresh() -> Any:
        return messages.read(text_message("退订", "o-anna", next(_numbers)).encode())

    with database.transaction() as session:
        making = _best(fresh)
        _line(
            "customer and inbound row",
            lambda: arrivals.arrive(session, fresh(), opened.xml.decode(), now, windows),
            less=making,
        )
        arrived = [arrivals.arrive(session, fresh(), "", now, windows) for _ in range(TIMES * ROUNDS + 2)]
        ids = iter([one.message_id for one in arrived if one])
        _line("outbound row", lambda: log.answered(session, next(ids), 1, reply, now, handler="bench"))
        profile = next(one.profile for one in arrived if one)
        for name, said in (("command", "退订"), ("free text", "绿茶的水温多少合适")):
            heard = messages.read(text_message(said, "o-anna", next(_numbers)).encode())
            context = Context(
                session=session, services=services, profile=profile, incoming=heard, message_id=1, now=now
            )
            _line(f"router and handler: {name}", partial(router.answer, context))
        session.rollback()
    _line("reply to XML", lambda: replies.write(reply, incoming, now))
    _line("seal", lambda: envelope.seal(xml, now))
    app = create_app(services)
    makes: dict[str, Callable[[], str]] = {
        "command": lambda: text_message("退订", "o-anna", next(_numbers)),
        "event": lambda: event("LOCATION", "o-anna", at=next(_numbers) % 10**9),
    }
    for name, make in makes.items():
        pushes = iter([seal(make(), int(now.timestamp())) for _ in range(TIMES * ROUNDS + 1)])
        _line(f"the whole, without the server: {name}", partial(_ask_next, app, pushes))
    _line("Flask's own way to a view, for comparison", lambda: _ask(app, "", b"", "/healthz", "GET"))
    stop(app)
    watch.stop()
    database.close()


def _ask_next(app: Any, pushes: Iterator[tuple[str, bytes]]) -> None:
    _ask(app, *next(pushes))


def _ask(app: Any, query: str, body: bytes, path: str = "/wechat", method: str = "POST") -> None:
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body), "SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
        "SERVER_PROTOCOL": "HTTP/1.1",
    }  # fmt: skip
    b"".join(app(environ, _started))


def _started(*_: object) -> None:
    """WSGI's start_response for one who does not look."""


def _best(work: Callable[[], object]) -> float:
    work()
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for _ in range(TIMES):
            work()
        best = min(best, (time.perf_counter() - begin) / TIMES * 1e6)
    return best


def _line(what: str, work: Callable[[], object], less: float = 0.0) -> None:
    print(f"{what:<52}{_best(work) - less:>8.0f}", flush=True)
