"""The encoder is asked before a message's transaction opens, and one that is away costs no answer."""

from dataclasses import replace
from pathlib import Path

from bot.clock import SystemClock
from bot.config import Understanding as Settings
from bot.insight.encoder import Encoder
from bot.language.embeddings import HttpEmbeddings
from bot.store.database import Database
from tests.support.door import opened, services_of
from tests.support.stub_encoder import serving


def test_a_message_is_encoded_before_it_is_answered(database: Database, tmp_path: Path) -> None:
    with serving() as stub:
        embeddings = HttpEmbeddings(Settings(encoder_url=stub.url))
        encoder = Encoder(embeddings, 5.0)
        services = replace(services_of(database, SystemClock(), tmp_path / "spool"), encoder=encoder)
        with opened(services) as door:
            assert door.say("您好呀掌柜")
        embeddings.close()
    assert ["您好呀掌柜"] in stub.asked
    assert encoder.remembered("您好呀掌柜") is not None


def test_one_that_is_away_costs_no_answer(database: Database, tmp_path: Path) -> None:
    embeddings = HttpEmbeddings(Settings(encoder_url="http://127.0.0.1:9/v1"))
    services = services_of(database, SystemClock(), tmp_path / "spool")
    with opened(replace(services, encoder=Encoder(embeddings, 0.1))) as door:
        assert door.say("您好")
    embeddings.close()
