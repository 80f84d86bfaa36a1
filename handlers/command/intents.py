"""What customers' words are understood from: sentences, watched words, how well it does."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.insight import intent_evaluation, intent_learning
from bot.insight.intent_learning import CannotLearn
from bot.opening import opened
from bot.rules.talk.intent_names import TITLES, title_of
from bot.services import Services
from bot.store.talk import intent_examples, watched_words
from bot.values.evaluation import Evaluation
from handlers import understanding_watch
from handlers.command.common import AsJson, Fault, tell

app = typer.Typer(
    no_args_is_help=True, help="What customers want: the sentences it is learned from, and how well."
)

SHOWN = 30  # sentences that were guessed wrongly
LONGEST_NAME = 40
COLUMNS = ("text", "label")


@app.command()
def evaluate(
    train: Annotated[Path, typer.Argument(metavar="TRAIN", help="CSV with the columns text and label.")],
    test: Annotated[
        Path, typer.Argument(metavar="TEST", help="The same, with sentences TRAIN does not have.")
    ],
    as_json: AsJson = False,
) -> None:
    """Learn from TRAIN, any labels, and measure on TEST: accuracy, macro-F1, milliseconds a sentence."""
    learn_from, measure_on = _labelled(train), _labelled(test)
    known = {label for _, label in learn_from}
    for number, (_, label) in enumerate(measure_on, 2):
        if label not in known:
            raise Fault(f"{test}: row {number}: no sentence of {train} has the label {label}")
    try:
        found = intent_evaluation.evaluated(learn_from, measure_on)
    except CannotLearn as error:
        raise Fault(str(error)) from None
    tell(found, as_json, _told(found))


@app.command()
def add(context: typer.Context, intent: str, text: str, as_json: AsJson = False) -> None:
    """Add a sentence customers say; running processes learn it within seconds."""
    text, intent = text.strip(), intent.strip()
    if not 0 < len(text) <= intent_examples.LONGEST or "\n" in text:
        raise Fault(f"expected a sentence of at most {intent_examples.LONGEST} characters, one line")
    with opened(context.obj.config) as services:
        known = {*TITLES, *_lessons(services).labels}
        if intent not in known:
            raise Fault(f"expected one of {' '.join(sorted(known))}; found {intent[:LONGEST_NAME]}")
        with services.database.transaction() as session:
            is_new = intent_examples.add(session, intent, text, services.now())
    said = f"{title_of(intent)}: {text}" if is_new else f"{text}: stood there already"
    tell({"intent": intent, "text": text, "added": is_new}, as_json, [said])


@app.command()
def remove(context: typer.Context, text: str, as_json: AsJson = False) -> None:
    """Take away a sentence that was added; those of the files stay."""
    with opened(context.obj.config) as services, services.database.transaction() as session:
        if not intent_examples.remove(session, text.strip(), services.now()):
            raise Fault(f"no sentence was added that says {text.strip()[:80]}")
    tell({"text": text.strip(), "removed": True}, as_json, [f"removed: {text.strip()}"])


@app.command("list")
def list_(
    context: typer.Context,
    intent: Annotated[
        str | None, typer.Argument(help="Its sentences; without it, how many each has.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The intents and how many sentences each has, or the sentences of one."""
    with opened(context.obj.config) as services:
        lessons = _lessons(services)
    if intent is not None:
        if intent not in lessons.labels:
            raise Fault(
                f"expected one of {' '.join(sorted(set(lessons.labels)))}; found {intent[:LONGEST_NAME]}"
            )
        texts = [text for text, label in zip(lessons.texts, lessons.labels, strict=True) if label == intent]
        tell({"intent": intent, "texts": texts}, as_json, texts)
        return
    counted = {label: lessons.labels.count(label) for label in sorted(set(lessons.labels))}
    tell(counted, as_json, [f"{label:<16}{count:>5}  {title_of(label)}" for label, count in counted.items()])


@app.command()
def train(context: typer.Context, as_json: AsJson = False) -> None:
    """Learn now what running processes would learn by themselves, so that the next start finds it."""
    with opened(context.obj.config) as services:
        began = services.clock.real()
        try:
            lessons = understanding_watch.learn(services)
        except CannotLearn as error:
            raise Fault(str(error)) from None
        took = services.clock.real() - began
    done = {
        "sentences": len(lessons.texts),
        "intents": len(set(lessons.labels)),
        "seconds": round(took / timedelta(seconds=1), 2),
        "version": lessons.fingerprint,
    }
    tell(done, as_json, [f"{done['sentences']} sentences, {done['intents']} intents, {done['seconds']} s"])


@app.command()
def watch(
    context: typer.Context,
    word: str,
    forbid: Annotated[
        bool,
        typer.Option("--forbid/--escalate", help="The bot never says it, or whoever says it gets a person."),
    ],
    as_json: AsJson = False,
) -> None:
    """Watch a word: who says it gets a person, or the bot never says it."""
    word = word.strip()
    if not 0 < len(word) <= watched_words.LONGEST:
        raise Fault(f"expected a word of at most {watched_words.LONGEST} characters")
    action: watched_words.Action = "forbid" if forbid else "escalate"
    with opened(context.obj.config) as services, services.database.transaction() as session:
        watched_words.put(session, word, action, services.now())
    tell({"word": word, "action": action}, as_json, [f"{word}: {action}"])


@app.command()
def unwatch(context: typer.Context, word: str, as_json: AsJson = False) -> None:
    """Watch a word no more."""
    with opened(context.obj.config) as services, services.database.transaction() as session:
        if not watched_words.take_away(session, word.strip()):
            raise Fault(f"nobody watches the word {word.strip()[:LONGEST_NAME]}")
    tell({"word": word.strip(), "action": None}, as_json, [f"{word.strip()}: not watched any more"])


@app.command()
def words(context: typer.Context, as_json: AsJson = False) -> None:
    """The watched words."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        found = watched_words.watched(session)
    lines = [f"escalate  {word}" for word in found.escalating] + [
        f"forbid    {word}" for word in found.forbidden
    ]
    tell(found, as_json, lines)


def _lessons(services: Services) -> intent_learning.Lessons:
    try:
        return understanding_watch.lessons_of(services)
    except CannotLearn as error:
        raise Fault(str(error)) from None


def _labelled(file: Path) -> Sequence[tuple[str, str]]:
    """Rows with text and label; empty ones are passed over. Raises `Fault`."""
    try:
        rows = csv.DictReader(io.StringIO(_read(file), newline=""))
        lacking = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
        if lacking:
            raise Fault(f"{file}: no column {lacking[0]}; expected a first line with text,label")
        found = [(row["text"] or "", row["label"] or "") for row in rows]
    except csv.Error as error:
        raise Fault(f"{file}: no CSV: {error}") from None
    for number, (text, label) in enumerate(found, 2):
        if text.strip() and not label.strip():
            raise Fault(f"{file}: row {number}: expected a label beside {text.strip()[:30]}")
    labelled = [(text.strip(), label.strip()) for text, label in found if text.strip()]
    if not labelled:
        raise Fault(f"{file}: expected at least one sentence")
    return labelled


def _read(file: Path) -> str:
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Fault(f"{file}: {error.strerror or error}") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding).removeprefix("\ufeff")  # GB18030 has a mark of its own, too
        except UnicodeDecodeError:
            continue
    raise Fault(f"{file}: expected text in UTF-8 or GB18030")


def _told(found: Evaluation) -> list[str]:
    lines = [
        f"accuracy {found.accuracy:.4f}",
        f"macro-F1 {found.macro_f1:.4f}",
        f"ms a sentence {found.ms_per_sentence:.3f}",
        f"{found.train} sentences of {found.labels} labels learned in {found.train_seconds:.1f} s, {found.test} measured",
    ]
    lines += [f"{label} taken for {guess}: {times}" for label, guess, times in found.confused]
    lines += [
        f"wrong: {one.text} → {one.guess} ({one.confidence:.2f}), is {one.label}"
        for one in found.missed[:SHOWN]
    ]
    return lines
