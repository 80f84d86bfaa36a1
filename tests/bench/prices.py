"""Prices nobody wrote, in answers to a thousand questions about prices: `python -m tests.bench.prices [--questions 1000] [--list]`.

The demo shop, the whole chat, customers who differ in what decides their purchases and how strict they are. An answer's
every number that looks like money, a discount or a stock has to stand in the shop's data, in the entry it quotes, or in
what is the customer's own.
"""

import argparse
import statistics
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from bot.clock import FixedClock
from bot.config import Membership
from bot.store import schema
from bot.store.database import Database
from tests.conftest import NOON
from tests.support.demo_chat import DemoChat
from tests.support.door import services_of
from tests.support.learned import model
from tests.support.price_audit import invented
from tests.support.price_questions import questions

PEOPLE = 400


def main() -> None:
    parser = argparse.ArgumentParser(description="prices nobody wrote")
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--list", action="store_true", help="every question with its answer")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="weilan-prices-") as folder:
        _measure(Path(folder), asked.questions, lists=asked.list)


def _measure(folder: Path, count: int, *, lists: bool) -> None:
    database = Database(f"sqlite:///{folder / 'weilan.db'}", synchronous="normal")
    schema.upgrade(database)
    clock = FixedClock(NOON)
    services = services_of(database, clock, folder / "spool")
    config = services.config.model_copy(update={"membership": Membership(source="orders")})
    chat = DemoChat(replace(services, config=config), clock, folder, model())
    chat.differ(PEOPLE)
    handlers: Counter[str] = Counter()
    wrong, priced, took = [], 0, []
    for number, question in enumerate(questions([one.name for one in chat.sold], count)):
        openid = chat.openids[number % PEOPLE]
        before = chat.theirs(openid)
        began = time.process_time()
        handler, answer = chat.hear(question, openid)
        took.append(time.process_time() - began)
        handlers[handler] += 1
        priced += "¥" in answer
        if lists:
            print(f"#{number} [{handler}] {question!r}\n{answer}\n")
        if found := invented(answer, chat.sold, chat.may_quote(answer, openid, before)):
            wrong.append((question, answer, found))
    for question, answer, found in wrong:
        print(f"INVENTED {found}\n  {question!r}\n  {answer!r}")
    print(f"{count} questions, {priced} answers with a price; answered by {dict(handlers.most_common())}")
    print(
        f"processor time a question: median {statistics.median(took) * 1000:.1f} ms, 99th of 100 {statistics.quantiles(took, n=100)[98] * 1000:.1f} ms"
    )
    print(f"invented: {len(wrong)}")
    chat.close()
    database.close()


if __name__ == "__main__":
    main()
