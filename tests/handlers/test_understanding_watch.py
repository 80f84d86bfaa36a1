"""What a process understands follows the shop: its products, its sentences, and an encoder as soon as one is heard."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.clock import SystemClock
from bot.config import Understanding as Settings
from bot.insight.encoder import Encoder
from bot.insight.intent_learning import lessons
from bot.insight.knowledge import WordIndex
from bot.insight.meaning import MeantIndex
from bot.language.embeddings import HttpEmbeddings
from bot.services import Services
from bot.store.database import Database
from bot.values.understood import Guess
from handlers.understanding_watch import UnderstandingWatch
from tests.support.asked import ENTRIES
from tests.support.build import Build
from tests.support.door import opened, services_of
from tests.support.learned import KEPT, model
from tests.support.stub_encoder import serving
from tests.support.waiting import comes_true

ODD = "龘靐齉爩"  # characters no example has


def learned_services(database: Database, folder: Path) -> Services:
    """With the tests' own model kept where these services look for one."""
    model()
    kept = f"{lessons().fingerprint}.npz"
    shutil.copy(KEPT / kept, folder / kept)
    services = services_of(database, SystemClock(), folder / "spool")
    settings = Settings(folder=str(folder))
    return replace(services, config=services.config.model_copy(update={"understanding": settings}))


def heard(services: Services) -> Sequence[Guess]:
    return services.understanding.of(ODD).whole.guesses


def test_an_encoder_joins_as_soon_as_it_is_heard(database: Database, tmp_path: Path) -> None:
    with serving() as stub:
        stub.means[ODD] = "可以开发票吗"
        embeddings = HttpEmbeddings(Settings(encoder_url=stub.url))
        encoder = Encoder(embeddings, 60.0)
        services = replace(learned_services(database, tmp_path), encoder=encoder)
        watch = UnderstandingWatch(services, every=0.05)
        watch.start()
        assert services.understanding.of("我要开发票").intent == "invoice"
        assert comes_true(lambda: any(tmp_path.glob("*.npy")))
        encoder.ask(ODD)
        assert "invoice" not in {guess.intent for guess in model().guesses(ODD)}
        assert comes_true(lambda: "invoice" in {guess.intent for guess in heard(services)})
        watch.stop()
        embeddings.close()


def test_the_knowledge_is_found_by_meaning_as_soon_as_it_is_encoded(
    database: Database, tmp_path: Path
) -> None:
    with serving() as stub:
        stub.means[ODD] = "运费由谁承担"
        encoder = Encoder(HttpEmbeddings(Settings(encoder_url=stub.url)), 60.0)
        index = MeantIndex(WordIndex(), encoder)
        services = replace(learned_services(database, tmp_path), encoder=encoder, knowledge=index)
        index.replace(ENTRIES, "1")
        watch = UnderstandingWatch(services, every=0.05)
        watch.start()
        encoder.ask(ODD)
        assert comes_true(lambda: bool(index.search(ODD)))
        assert index.search(ODD)[0].entry.question == "运费由谁承担"
        index.replace([replace(entry, answer="改了") for entry in ENTRIES], "2")
        assert comes_true(lambda: bool(index.search(ODD)))
        assert index.search(ODD)[0].entry.answer == "改了"
        watch.stop()
        encoder.close()


def test_an_encoder_that_is_away_leaves_what_was_learned(database: Database, tmp_path: Path) -> None:
    embeddings = HttpEmbeddings(Settings(encoder_url="http://127.0.0.1:9/v1"))
    services = replace(learned_services(database, tmp_path), encoder=Encoder(embeddings, 0.1))
    watch = UnderstandingWatch(services, every=0.05)
    watch.start()
    time.sleep(0.3)
    watch.stop()
    assert services.understanding.of("我要开发票").intent == "invoice"
    embeddings.close()


def test_products_are_found_by_what_they_are_and_never_by_their_price(
    database: Database, tmp_path: Path
) -> None:
    with database.transaction() as session:
        build = Build(session)
        told = "朱泥全手工，容量一百八十毫升，适合泡乌龙。现价 680 元，仅剩 3 件。"
        build.product(external_id="POT-1", name="西施壶", description=told)
        build.product(external_id="CAN-1", name="锡茶叶罐", description="马来西亚纯锡，密封。")
    services = learned_services(database, tmp_path)
    watch = UnderstandingWatch(services, every=5.0)
    watch.start()
    watch.stop()
    found = services.products.ranked("朱泥手工的，泡乌龙")[0].entry
    assert found.id == "POT-1"
    assert "680" not in found.answer
    assert "仅剩" not in found.answer


def test_who_looks_is_told_whether_it_was_learned(database: Database, tmp_path: Path) -> None:
    services = learned_services(database, tmp_path)
    with opened(services) as door:
        client = door.app.test_client()
        assert client.get("/readyz").json["understanding"] == "learning"  # type: ignore[index]
        watch = UnderstandingWatch(services, every=60)
        watch.start()
        assert client.get("/readyz").json["understanding"] == "ok"  # type: ignore[index]
        watch.stop()


def test_sentences_that_cannot_be_learned_are_told_and_what_stood_stays(
    database: Database, tmp_path: Path
) -> None:
    services = learned_services(database, tmp_path)
    watch = UnderstandingWatch(services, every=60)
    watch.start()
    watch.stop()
    broken = Settings(folder=str(tmp_path)).model_copy(update={"examples": str(tmp_path / "gone")})
    again = replace(services, config=services.config.model_copy(update={"understanding": broken}))
    second = UnderstandingWatch(again, every=60)
    second.start()
    second.stop()
    with opened(again) as door:
        answer = door.app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["understanding"]) == (200, "failed")  # type: ignore[index]
    assert services.understanding.fault == f"{tmp_path / 'gone'}: expected a folder of example sentences"
    assert services.understanding.of("我要开发票").intent == "invoice"
