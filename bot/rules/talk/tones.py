"""How an answer sounds to a customer: which tone is theirs by `tones.toml`, and the parts of the answer put together in it. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.rules.rule_files import shaped
from bot.toml_files import toml_in
from bot.values.tone import Courtesy, Detail, Listener, Told, Tone

OURS = Path(__file__).with_suffix(".toml")
PLAIN = Tone()

NAMED = "{name}，您好。"
NAMED_SHORTLY = "{name}："
MANAGER = "您的客户经理是{manager}，需要的话回复「人工」，我转过去。"
A_PERSON = "需要同事来看的话，回复「人工」就好。"
WARM = "有需要随时叫我～"

_FACES = re.compile(
    "\\s*(?:[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\u200d\ufe0f～~]+|\\[(?:微笑|愉快|玫瑰|抱拳|爱心|呲牙|可爱)\\])"
)
_SMALL_TALK = re.compile(r"^(?:(?:您好|你好|亲|亲爱的|哈喽|嗨)[，,！!～~。 ]*)+")


class BadTones(ValueError):
    """One line that names the file, the place and what was expected."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _When(_Table):
    strictness: Literal["tolerant", "enduring", "perfectionist", ""] = ""
    class_: Literal["A", "B", "C", "D", ""] = Field("", alias="class")

    def fits(self, listener: Listener) -> bool:
        return self.strictness in {"", listener.strictness} and self.class_ in {"", listener.service_class}

    def said(self) -> str:
        named = {"class": self.class_, "strictness": self.strictness}
        return " ".join(f"{name}={value}" for name, value in named.items() if value)


class _Line(_Table):
    when: _When
    detail: Detail | None = None
    courtesy: Courtesy | None = None
    greets: bool | None = None
    names_manager: bool | None = None
    follows_up: bool | None = None


class _File(_Table):
    tone: tuple[_Line, ...]


@lru_cache(4)
def load(path: str = "") -> tuple[_Line, ...]:
    """From another file; empty: ours. Raises `BadTones`."""
    file = Path(path) if path else OURS
    lines = shaped(_File, str(file), toml_in(file, BadTones), BadTones).tone
    for number, line in enumerate(lines):
        if not line.when.said():
            raise BadTones(
                f"{file}: tone.{number}.when: expected class or strictness: who else would it be for"
            )
    return lines


def tone_of(listener: Listener, lines: Sequence[_Line]) -> Tone:
    if not listener.wants_personal:
        return PLAIN
    chosen: dict[str, Any] = {}
    fitting = [line for line in lines if line.when.fits(listener)]
    for line in fitting:
        chosen |= line.model_dump(exclude={"when"}, exclude_none=True)
    return Tone(**chosen, because=tuple(line.when.said() for line in fitting))


def worded(parts: Sequence[Told], tone: Tone, listener: Listener) -> str:
    """The answer as this customer gets it. In the plain form it is what stood there before."""
    said = [_part(part, tone) for part in parts]
    if tone.detail == "exact":
        said += _once(part.proof for part in parts)
    said += _person(parts, tone, listener, "".join(said))
    if tone.courtesy == "warm":
        said.append(WARM)
    text = "\n".join(filter(None, said)) if len(parts) == 1 else "\n\n".join(filter(None, said))
    return _greeting(text, tone, listener) + text


def _part(part: Told, tone: Tone) -> str:
    facts = part.exact if tone.detail == "exact" and part.exact else part.facts
    if tone.courtesy == "none":
        facts = matter_of_fact(facts)
    opening = "" if tone.detail == "short" or tone.courtesy == "none" else part.opening
    closing = "" if tone.detail == "short" else part.closing
    return "\n\n".join(filter(None, (opening, facts, closing)))


def matter_of_fact(text: str) -> str:
    """Without faces and without the courtesies it begins with; what is left is never nothing."""
    return _SMALL_TALK.sub("", _FACES.sub("", text)).strip() or text


def _person(parts: Sequence[Told], tone: Tone, listener: Listener, said: str) -> Iterator[str]:
    if not any(part.wants_person for part in parts):
        return
    if tone.names_manager and listener.manager:
        yield MANAGER.format(manager=listener.manager)
    elif (tone.follows_up or tone.detail == "short") and "人工" not in said:
        yield A_PERSON


def _greeting(text: str, tone: Tone, listener: Listener) -> str:
    if not tone.greets or not listener.name or listener.name in text:
        return ""
    return (
        NAMED_SHORTLY.format(name=listener.name)
        if tone.courtesy == "none"
        else NAMED.format(name=listener.name) + "\n"
    )


def _once(lines: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, lines)))


def reported(tone: Tone, listener: Listener) -> Iterator[str]:
    """For the terminal."""
    traits = [tone.detail, f"courtesy {tone.courtesy}"]
    traits += [
        words
        for is_so, words in (
            (tone.greets, "greets by name"),
            (tone.names_manager, "names the account manager"),
            (tone.follows_up, "offers a person"),
        )
        if is_so
    ]
    if not listener.wants_personal:
        because = "personalisation is off"
    else:
        because = ", ".join(tone.because) or "neither class nor strictness says anything"
    yield f"tone: {', '.join(traits)} (because: {because})"
    if listener.driver and listener.wants_personal:
        yield f"prices: told for what decides their purchases: {listener.driver}"
