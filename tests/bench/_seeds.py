"""A shop for the benches: people with orders, and knowledge of any size."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, insert, select

from bot.rules.pushes.buckets import bucket_of
from bot.store.database import Database
from bot.store.tables import customers, knowledge

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
SUBJECTS = [
    "绿茶",
    "红茶",
    "乌龙",
    "普洱",
    "白茶",
    "花茶",
    "紫砂壶",
    "盖碗",
    "铁壶",
    "茶杯",
    "茶盘",
    "保温杯",
    "砂锅",
    "铸铁锅",
    "菜刀",
    "砧板",
    "蒸笼",
    "汤勺",
    "烤盘",
    "饭盒",
]
ASKED = [
    "水温多少合适",
    "怎么保存",
    "保质期多久",
    "怎么清洗",
    "能不能进微波炉",
    "几天发货",
    "怎么退换",
    "有没有礼盒",
    "适合送人吗",
    "第一次用要注意什么",
]

FIRST = "云松竹梅兰菊荷枫雪月溪岭岚霁晴雨星霞露霜"
SECOND = "烟影涧屿禾庐笺韵痕舟汀泉麓坞隐晖川野墨青"


def seed(database: Database, *, people: Sequence[str], entries: int) -> None:
    """Once; a database that has people stays as it is."""
    with database.transaction() as session:
        if session.execute(select(func.count()).select_from(customers)).scalar_one():
            return
        session.execute(
            insert(customers),
            [
                {
                    "openid": openid,
                    "bucket": bucket_of(openid),
                    "followed_at": LONG_AGO,
                    "created_at": LONG_AGO,
                    "name": "客人",
                    "points": 80,
                }
                for openid in people
            ],
        )
        session.execute(insert(knowledge), [_entry(number) for number in range(entries)])


def question(number: int, entries: int) -> str:
    """Half of the customers name a product, half ask about a kind of thing, as people do."""
    name, asked = _about(number * 7 % entries)
    return f"请问{name}{asked}？" if number % 2 else f"{SUBJECTS[number % len(SUBJECTS)]}{asked}"


def _about(number: int) -> tuple[str, str]:
    """A product's name of two characters and what it is, and what is asked about it."""
    subject, asked = SUBJECTS[number % len(SUBJECTS)], ASKED[number // len(SUBJECTS) % len(ASKED)]
    series = number // (len(SUBJECTS) * len(ASKED))
    name = FIRST[series * 7 % len(FIRST)] + SECOND[(series * 11 + number) % len(SECOND)]
    return f"{name}{subject}", asked


def _entry(number: int) -> dict[str, object]:
    name, asked = _about(number)
    return {
        "id": f"entry-{number}",
        "question": f"{name}{asked}？",
        "keywords": name,
        "answer": f"{{customer.name|您}}好，关于{name}{asked}：请看随产品附上的说明，或者直接问我们。",
        "updated_at": LONG_AGO,
    }
