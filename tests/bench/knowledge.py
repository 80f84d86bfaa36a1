"""How the search grows with the entries: `python -m tests.bench.knowledge`. Printed, not asserted."""

import os
import random
import resource
import time
import tracemalloc

from bot.insight.catalogue import Named
from bot.insight.intents import Understanding
from bot.insight.knowledge import WordIndex
from bot.insight.product_entries import product_entry
from bot.values.knowledge import Entry
from tests.support.learned import model as learned_model

SIZES = (120, 1_000, 10_000)
QUESTIONS = 400
PRODUCTS = 5_000
SEED = 7

THINGS = [
    "紫砂壶",
    "铁壶",
    "盖碗",
    "茶杯",
    "公道杯",
    "茶盘",
    "炒锅",
    "砂锅",
    "菜刀",
    "砧板",
    "围裙",
    "茶巾",
    "玻璃壶",
    "电水壶",
    "茶叶罐",
    "马克杯",
    "煎锅",
    "绿茶",
    "红茶",
    "白茶",
    "乌龙",
    "普洱",
]
DOINGS = [
    "怎么保养",
    "怎么清洗",
    "生锈",
    "发霉",
    "开裂",
    "漏水",
    "能退吗",
    "多少钱",
    "有货吗",
    "多重",
    "多大",
    "怎么用",
    "保修多久",
    "可以刻字吗",
    "送人合适吗",
    "能进洗碗机吗",
    "包装",
]


def entries(size: int, chance: random.Random) -> list[Entry]:
    characters = [chr(code) for code in range(0x4E00, 0x4E00 + 2500)]
    words = ["".join(chance.choices(characters, k=2)) for _ in range(3000)]
    made = []
    for number in range(size):
        name = "".join(chance.choices(characters, k=3))
        thing, doing = chance.choice(THINGS), chance.choice(DOINGS)
        answer = "，".join("".join(chance.choices(words, k=3)) for _ in range(10))
        made.append(
            Entry(
                id=str(number), question=f"{name}{thing}{doing}？", answer=answer, keywords=f"{name} {thing}"
            )
        )
    return made


def main() -> None:
    _whole()  # first, so that the process has held nothing else
    print(f"{'entries':>8} {'build ms':>9} {'MB':>6} {'median µs':>10} {'p99 µs':>8} {'right':>6}")
    for size in SIZES:
        chance = random.Random(SEED)
        made = entries(size, chance)
        index = WordIndex()
        tracemalloc.start()
        index.replace(made, "1")
        megabytes = tracemalloc.get_traced_memory()[0] / 1e6
        tracemalloc.stop()
        began = time.perf_counter()
        index.replace(made, "2")
        built = time.perf_counter() - began
        asked = [chance.choice(made) for _ in range(QUESTIONS)]
        spans, right = [], 0
        for entry in asked:
            question = f"您好，请问一下{entry.question[:-1]}呢，我家里那个最近有点问题"
            began = time.perf_counter()
            found = index.search(question)
            spans.append(time.perf_counter() - began)
            right += bool(found) and found[0].entry.id == entry.id
        spans.sort()
        median, late = spans[QUESTIONS // 2] * 1e6, spans[QUESTIONS * 99 // 100] * 1e6
        print(
            f"{size:>8} {built * 1e3:>9.0f} {megabytes:>6.1f} {median:>10.0f} {late:>8.0f} {right / QUESTIONS:>6.0%}"
        )


def _whole() -> None:
    """All that a message is asked in memory: what it wants, the entries, and the products. The aim: 5 and 20 ms, 150 MB."""
    chance = random.Random(SEED)
    made = entries(10_000, chance)
    model = learned_model()
    understanding, index, products = Understanding(model), WordIndex(), WordIndex()
    index.lean(model.confidence)
    began = time.perf_counter()
    index.replace(made, "1")
    products.replace(
        [one for one in (product_entry(e.id, e.question[:-1], e.answer) for e in made[:PRODUCTS]) if one], "1"
    )
    understanding.put_products([Named(e.id, e.question[:-1]) for e in made[:PRODUCTS]], "1")
    built = time.perf_counter() - began
    spans, processor = [], []
    for entry in [chance.choice(made) for _ in range(QUESTIONS * 3)]:
        question = f"您好，请问一下{entry.question[:-1]}呢，我家里那个最近有点问题"
        began, worked = time.perf_counter(), time.thread_time()
        understanding.of(question)
        index.search(question)
        products.search(question)
        spans.append(time.perf_counter() - began)
        processor.append(time.thread_time() - worked)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"10,000 entries with the kind of wish, {PRODUCTS} products: built in {built:.1f} s, process {memory:.0f} MB"
    )
    for name, found in (("elapsed", sorted(spans)), ("processor", sorted(processor))):
        print(
            f"  {name}: median {found[len(found) // 2] * 1e3:.2f} ms, p99 {found[len(found) * 99 // 100] * 1e3:.2f} ms"
        )
    print("  load:", *(f"{load:.1f}" for load in os.getloadavg()))


if __name__ == "__main__":
    main()
