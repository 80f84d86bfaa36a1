"""The entries' words in flat arrays: who has a term, and what it is worth there, by BM25.

Ten thousand entries have a million terms, and a list for each would not fit. Of a term that many have there is a row
with a place for every entry. It says little, so it is only looked up for the entries that the rare terms have brought
near enough; a question of nothing but such terms adds the rows.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from bot.insight.features import normal
from bot.insight.knowledge_terms import of_question, of_text
from bot.values.knowledge import Entry

ASKED, KEYWORDS, WORDING, ANSWERED = 1.5, 1.0, 0.7, 0.6  # how much a term of each counts for the entry
SATURATION, LENGTH = 1.2, 0.4  # BM25's k1 and b
UNKNOWN = 0.5  # of the rarity of a term nobody wrote: it may be another word for one that somebody did
LEAST_KEYWORD = 2  # characters of one that may be said alone
SEVERAL = -1  # entries have it
MANY = 6  # a term that more than one entry in so many has, has a row
FEW = 1_000  # entries: of so few the rows are added as a whole, which takes less than to choose

Floats: TypeAlias = np.ndarray[Any, np.dtype[np.float32]]
Leaning: TypeAlias = Callable[[str], Floats]  # of a text: the confidence in each kind of wish


class Bar(NamedTuple):
    """Who may be among the best: has this share of what the best one has, and this share of what the last of the best has."""

    least: float
    best: int
    share: float

    def passing(self, amounts: Any, lacking: float = 0.0) -> Any:
        """Of each, whether it may be one; `lacking`: what each may have beyond this."""
        bar = self.least * float(amounts.max())
        if len(amounts) > self.best:
            bar = max(bar, self.share * float(np.partition(amounts, -self.best)[-self.best]))
        bar -= lacking
        return amounts >= bar if bar > 0 else amounts > 0


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """One version of the index; never changed once it is made, so that threads read it without a lock."""

    version: str
    entries: tuple[Entry, ...]
    codes: Any  # of the terms, ascending, and one more that is no term's: what follows has a last one for what nobody wrote
    starts: Any  # of each term, in `numbers` and `values`
    ends: Any
    numbers: Any  # entries that have it
    values: Any  # what it is worth there, by its rarity
    row_of: Any  # of each term, in `rows`; -1 for what few have
    rows: Any  # what it is worth in every entry
    highest: Any  # of each row, the most it is worth anywhere
    rarity: Any  # of each term
    unheard: float  # the rarity of a term nobody wrote
    wordings: Any  # codes of the questions and wordings as they stand, ascending
    worded: Any  # of each of them, its entry
    leaning: Leaning | None
    wishes: Floats | None  # of each entry, the roots of the confidence in each kind of wish

    @property
    def has_terms(self) -> bool:
        return len(self.codes) > 1

    def places(self, terms: Collection[str]) -> Any:
        """Of each term, in their order; the last place for one that nobody wrote."""
        codes = np.fromiter(map(hash, terms), dtype=np.int64, count=len(terms))
        at = self.codes.searchsorted(codes)
        at[self.codes[at] != codes] = len(self.codes) - 1
        return at

    def asked_so(self, question: str) -> int | None:
        """The entry that is asked in just these words."""
        code = hash(normal(question))
        at = int(self.wordings.searchsorted(code))
        is_there = at < len(self.wordings) and self.wordings[at] == code
        return int(self.worded[at]) if is_there else None

    def near(self, places: Any, worth: Floats, bar: Bar) -> tuple[Any, Floats]:
        """The entries that pass the bar, and how much of the terms each has."""
        rows = self.row_of[places]
        many = rows >= 0
        rows, weights = rows[many], worth[many]
        found = self._of_few(places, worth)
        most_of_many = float(weights @ self.highest[rows])
        if len(found) > FEW and (surely := bar.least * float(found.max()) - most_of_many) > 0:
            some = np.flatnonzero(found > surely)
            some = some[bar.passing(found[some], most_of_many)]
            amounts = found[some] + (self.rows[rows[:, None], some] * weights[:, None]).sum(axis=0)
            kept = np.flatnonzero(bar.passing(amounts))
            return some[kept], amounts[kept].astype(np.float32)
        for row, weight in zip(rows.tolist(), weights.tolist(), strict=True):
            found += self.rows[row] * weight
        kept = np.flatnonzero(bar.passing(found))
        return kept, found[kept].astype(np.float32)

    def lacking(self, places: Sequence[int], entry: int) -> float:
        """Which share of these terms the entry has not, the rare ones counting more; 0 of no terms."""
        if not places:
            return 0.0
        numbers = memoryview(self.numbers)
        of = np.array(places, dtype=np.intp)
        at = zip(*(each[of].tolist() for each in (self.row_of, self.starts, self.ends)), strict=True)
        rarity: list[float] = self.rarity[of].tolist()
        lacks = 0.0
        for rare, (row, start, end) in zip(rarity, at, strict=True):
            if row >= 0:
                has = self.rows[row, entry] > 0
            else:
                place = bisect_left(numbers, entry, start, end)
                has = place < end and numbers[place] == entry
            lacks += 0.0 if has else rare
        return lacks / sum(rarity)

    def _of_few(self, places: Any, worth: Floats) -> Any:
        """Of each entry, what of the rare terms it has: their places one after the other, added up at once."""
        starts, ends = self.starts[places], self.ends[places]
        parts = list(map(slice, starts.tolist(), ends.tolist()))
        numbers = np.concatenate([self.numbers[part] for part in parts], dtype=np.intp)
        values = np.concatenate([self.values[part] for part in parts])
        values *= np.repeat(worth, ends - starts)
        found = np.bincount(numbers, weights=values, minlength=len(self.entries))
        return found.astype(np.float64, copy=False)  # of nothing it counts whole numbers


def words_of(
    entries: tuple[Entry, ...], version: str, leaning: Leaning | None, before: Words | None = None
) -> Words:
    codes, amounts, counts = _written(entries)
    order = np.argsort(codes, kind="stable")
    known, starts = np.unique(codes[order], return_index=True)
    starts = np.append(starts, len(order))
    often = np.diff(starts)
    rarity = _rarity(len(entries), often).astype(np.float32)
    unheard = float(_rarity(len(entries), np.zeros(1))[0])
    owners = np.repeat(np.arange(len(entries), dtype=np.int32), counts)
    lengths = np.bincount(owners, weights=amounts, minlength=len(entries))
    room = SATURATION * (1 - LENGTH + LENGTH * lengths / (float(lengths.sum()) / max(1, len(entries)) or 1.0))
    values = amounts * (SATURATION + 1) / (amounts + room.astype(np.float32)[owners])
    numbers, values = owners[order], (values[order] * np.repeat(rarity, often)).astype(np.float32)
    common = often * MANY > len(entries)
    ends = np.cumsum(np.where(common, 0, often))
    wordings, worded = _wordings(entries)
    rows = _rows(numbers, values, starts, np.flatnonzero(common), len(entries))
    return Words(
        version=version,
        entries=entries,
        codes=np.append(known, np.iinfo(np.int64).max),
        starts=np.append(ends - np.where(common, 0, often), 0),
        ends=np.append(ends, 0),
        numbers=numbers[~np.repeat(common, often)],
        values=values[~np.repeat(common, often)],
        row_of=np.append(np.where(common, np.cumsum(common) - 1, -1), -1),
        rows=rows,
        highest=rows.max(axis=1, initial=0.0),
        rarity=np.append(rarity, np.float32(unheard * UNKNOWN)),
        unheard=unheard,
        wordings=wordings,
        worded=worded,
        leaning=leaning,
        wishes=_wishes(entries, leaning, before),
    )


def _written(entries: tuple[Entry, ...]) -> tuple[Any, Floats, Any]:
    """The terms of all entries, one entry after the other: their codes, their amounts, and how many each has."""
    codes, amounts, counts = array("q"), array("f"), array("i")
    for entry in entries:
        weighed = _weighed(entry)
        codes.extend(map(hash, weighed))
        amounts.extend(weighed.values())
        counts.append(len(weighed))
    return np.array(codes, dtype=np.int64), np.array(amounts, dtype=np.float32), np.array(counts)


def _weighed(entry: Entry) -> dict[str, float]:
    """How often each term stands in the entry, by where it stands."""
    found: dict[str, float] = {}
    for terms, counts in (
        (of_question(entry.question), ASKED),
        (of_text(entry.keywords), KEYWORDS),
        *((of_question(ask), WORDING) for ask in entry.asks),
        (of_text(entry.answer), ANSWERED),
    ):
        for term, worth in terms.items():
            found[term] = found.get(term, 0.0) + counts * worth
    return found


def _wordings(entries: tuple[Entry, ...]) -> tuple[Any, Any]:
    """Of what two entries are asked in alike, the first has it; a keyword is one where no other entry has it."""
    said = [(hash(normal(text)), at) for at, one in enumerate(entries) for text in (one.question, *one.asks)]
    said += _keywords(entries)
    codes = np.array([code for code, _ in said], dtype=np.int64)
    known, first = np.unique(codes, return_index=True)
    return known, np.array([at for _, at in said], dtype=np.int32)[first]


def _keywords(entries: tuple[Entry, ...]) -> Iterator[tuple[int, int]]:
    """对公: who says a keyword and no more asks for what it stands beside."""
    of: dict[str, int] = {}
    for at, one in enumerate(entries):
        for word in map(normal, set(one.keywords.split())):
            of[word] = SEVERAL if of.get(word, at) != at else at
    return ((hash(word), at) for word, at in of.items() if at != SEVERAL and len(word) >= LEAST_KEYWORD)


def _rows(numbers: Any, values: Floats, starts: Any, common: Any, size: int) -> Floats:
    """One at least, so that there is a last one for terms without."""
    rows = np.zeros((max(1, len(common)), size), dtype=np.float32)
    for row, term in enumerate(common.tolist()):
        some = slice(int(starts[term]), int(starts[term + 1]))
        rows[row, numbers[some]] = values[some]
    return rows


def _wishes(entries: tuple[Entry, ...], leaning: Leaning | None, before: Words | None) -> Floats | None:
    """Asked of the model only where the words are new: it takes most of the time of putting entries in."""
    if leaning is None:
        return None
    known: dict[tuple[str, tuple[str, ...]], Floats] = {}
    if before is not None and before.leaning == leaning and before.wishes is not None:
        known = {
            (entry.question, entry.asks): row
            for entry, row in zip(before.entries, before.wishes, strict=True)
        }
    rows = [
        known[words] if (words := (entry.question, entry.asks)) in known else _wish(words, leaning)
        for entry in entries
    ]
    return np.array(rows, dtype=np.float32)


def _wish(words: tuple[str, tuple[str, ...]], leaning: Leaning) -> Floats:
    question, asks = words
    mean: Floats = np.sqrt(np.mean([leaning(text) for text in (question, *asks)], axis=0))
    return mean


def _rarity(entries: int, containing: Any) -> Any:
    """BM25's: how surprising it is to meet the term."""
    return np.log1p((entries - containing + 0.5) / (containing + 0.5))


def all_terms(question: str, about: str, weight: float) -> Mapping[str, float]:
    """Of the question, and at `weight` of what it is about without saying so."""
    found = dict(of_question(question))
    for term, worth in of_text(about).items():
        found.setdefault(term, worth * weight)
    return found
