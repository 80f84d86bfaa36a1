"""What a question or an entry of the knowledge consists of: characters, pairs of them, Latin words, and concepts."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise

from bot.insight import features
from bot.rules.talk.wording import plain

HELD = 16  # texts whose terms are kept: entries and products are asked for one after the other

# what a term weighs beside a pair of characters: measured on the demo shop
SINGLE = 1.0
CONCEPT = 1.0
FILLER = 0.3  # what every question has, such as 怎么 and 可以: it tells little, but 多久 is not 怎么

_RUNS = re.compile(r"[0-9a-z]+(?:\.[0-9]+)?|[\u3400-\u9fff]+")
_FILLER = re.compile(
    r"你好|您好|请问|请教|麻烦|谢谢|我想问一下|我想问|想问一下|想问|问一下|问下|咨询一下|咨询|想知道|知道|告诉我|有没有|是不是|能不能|可不可以|要不要|会不会|"
    r"怎么样|怎么办|怎么|怎样|如何|为什么|为啥|什么样|什么|哪些|哪个|哪种|多少|可以|应该|需要|一下|一个|这个|那个|这款|那款|这种|这些|"
    r"你们家|你们|你家|咱们|我们|您们|现在|今天|今年|就是|还是|或者|但是|因为|所以|如果|的话|我|你|您|的|了|吗|呢|啊|吧|呀|哦|嘛|么|着|很|也|都|就|还|要|想|是|有|在|和|与|跟|把|被|给|让|对|那|这|啥|个"
)
_CONCEPTS = features.read_concepts(
    features.CONCEPTS.read_text(encoding="utf-8").splitlines(), features.CONCEPTS.name
)
_REACH = features.reach_of(_CONCEPTS)


@lru_cache(HELD)
def of_question(text: str) -> Mapping[str, float]:
    """Each with its worth, also those that every question has."""
    whole = plain(text)
    found = {term: worth * FILLER for term, worth in _said(whole)}
    found.update(of_text(text))
    return found


@lru_cache(HELD)
def of_text(text: str) -> Mapping[str, float]:
    """Each with its worth, without what every question has."""
    found = dict(_said(_FILLER.sub(" ", plain(text))))
    for concept in features.concepts(features.normal(text), _CONCEPTS, _REACH):
        if ">" not in concept:
            found[concept] = CONCEPT
    return found


def is_told(term: str, worth: float) -> bool:
    """It is a character or a word of what is asked, and no other question has it for nothing."""
    return worth >= SINGLE and (len(term) == 1 or (term.isascii() and not term.startswith("#")))


def _said(text: str) -> Iterator[tuple[str, float]]:
    for run in _RUNS.findall(text):
        if run.isascii():
            yield run, 1.0
        else:
            yield from ((single, SINGLE) for single in run)
            yield from ((one + other, 1.0) for one, other in pairwise(run))
