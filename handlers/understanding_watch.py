"""Keeps what a process understands as operators last wrote it: sentences, products, watched words.

Looks at versions every two seconds, away from the messages. A newer model is learned in a process of its own and
put in as a whole, so that no message waits or is lost; until the first one is there, word rules answer alone.
"""

import threading
import time
from hashlib import sha256
from pathlib import Path

import structlog

from bot.config import Config
from bot.insight import intent_learning
from bot.insight.catalogue import Named
from bot.insight.encoder import Encoder, both
from bot.insight.intent_learning import CannotLearn, Lessons
from bot.insight.intent_model import Model
from bot.insight.intents import Watched
from bot.insight.meaning import MeantIndex, meaning_of
from bot.insight.product_entries import product_entry
from bot.services import Services
from bot.store.shop import catalogue
from bot.store.spool import folder_of
from bot.store.talk import intent_examples, knowledge, watched_words
from bot.values.language import ModelFailed

LOOKS_EVERY = 2.0  # seconds, real ones
ENCODES_AGAIN = 60.0  # seconds after an encoder was not there
STOPS_WITHIN = 2.0  # seconds; who learns then is left behind, it keeps nothing half done

_log = structlog.get_logger(__name__)


def folder(config: Config) -> Path:
    """Where models are kept: as the settings say, else beside an SQLite file or under `data`."""
    if config.understanding.folder:
        return Path(config.understanding.folder)
    server = config.server.model_copy(update={"spool": ""})
    return folder_of(config.model_copy(update={"server": server})).with_suffix(".intents")


def lessons_of(services: Services) -> Lessons:
    """The sentences of the files and the operators'. Raises `CannotLearn`."""
    with services.database.reading() as session:
        added = intent_examples.pairs(session)
    extra = services.config.understanding.examples
    return intent_learning.lessons(Path(extra) if extra else None, added)


def learn(services: Services) -> Lessons:
    """Learns now what a process that starts would, so that it finds the model. Raises `CannotLearn`."""
    lessons = lessons_of(services)
    intent_learning.learned(lessons, folder(services.config))
    return lessons


class UnderstandingWatch:
    """When `start` returns products and words are there, and the model if it was learned before."""

    def __init__(self, services: Services, every: float = LOOKS_EVERY) -> None:
        self._services = services
        self._every = every
        self._sentences = ""  # version of those the model is made of, or could not be made of
        self._learned: tuple[Lessons, Model] | None = None  # what the encoder was not asked about yet
        self._encode_at = 0.0  # monotonic second
        self._meant = ""  # version of the knowledge the encoder has read
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="understanding-watch", daemon=True)

    def start(self) -> None:
        self._look(learns=False)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(STOPS_WITHIN)

    def _watch(self) -> None:
        self._look(learns=True)
        while not self._ended.wait(self._every):
            self._look(learns=True)

    def _look(self, *, learns: bool) -> None:
        try:
            self._read_products()
            self._read_words()
            self._read_sentences(learns=learns)
            if learns and time.monotonic() >= self._encode_at:
                self._read_encoder()
        except knowledge.Unreachable as error:
            _log.warning("what is understood was not read", reason=type(error).__name__)

    def _read_products(self) -> None:
        understanding = self._services.understanding
        with self._services.database.reading() as session:
            version = catalogue.version(session)
            if version == understanding.products_version:
                return
            found = catalogue.on_sale(session)
        entries = (product_entry(one.external_id, one.name, one.description, one.also) for one in found)
        self._services.products.replace((entry for entry in entries if entry), version)
        understanding.put_products([Named(one.external_id, one.name, one.also) for one in found], version)

    def _read_words(self) -> None:
        understanding = self._services.understanding
        with self._services.database.reading() as session:
            version = watched_words.version(session)
            if version == understanding.watched.version:
                return
            found = watched_words.watched(session)
        understanding.watched = Watched(found.escalating, found.forbidden, version)

    def _read_sentences(self, *, learns: bool) -> None:
        with self._services.database.reading() as session:
            version = intent_examples.version(session)
        if version == self._sentences:
            return
        where = folder(self._services.config)
        try:
            lessons = lessons_of(self._services)
            learn = intent_learning.learned if learns else intent_learning.kept
            model = learn(lessons, where)
        except CannotLearn as error:
            _log.warning("intents were not learned; the earlier ones stay", reason=str(error))
            self._services.understanding.fault = str(error)
            self._sentences = version
            return
        if model is not None:
            self._services.understanding.put_model(model, lessons.fingerprint)
            self._services.knowledge.lean(model.confidence)
            self._sentences = version
            self._learned = (lessons, model)
            self._encode_at = 0.0

    def _read_encoder(self) -> None:
        """Beside what stands already; tried again after a while."""
        encoder = self._services.encoder
        if encoder is None:
            return
        try:
            self._encode_sentences(encoder)
            self._encode_knowledge(encoder)
        except ModelFailed as error:
            _log.warning("the encoder was not heard; what was learned goes on alone", reason=str(error))
            self._encode_at = time.monotonic() + ENCODES_AGAIN

    def _encode_sentences(self, encoder: Encoder) -> None:
        if self._learned is None:
            return
        lessons, model = self._learned
        kept = self._kept(f"{lessons.fingerprint} {encoder.name}", ".npy")
        joined = both(model, encoder, lessons.texts, lessons.labels, kept)
        self._services.understanding.put_model(joined, lessons.fingerprint)
        self._learned = None

    def _encode_knowledge(self, encoder: Encoder) -> None:
        index = self._services.knowledge
        if not isinstance(index, MeantIndex) or index.version == self._meant:
            return
        entries, version = index.entries, index.version
        kept = self._kept(encoder.name, ".knowledge")
        index.mean(meaning_of(entries, version, encoder, kept))
        self._meant = version

    def _kept(self, of: str, ending: str) -> Path:
        return folder(self._services.config) / f"{sha256(of.encode()).hexdigest()[:32]}{ending}"
