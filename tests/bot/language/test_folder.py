"""A sentence encoder out of a folder: real, of our own process, never from the network, and clear about what is missing."""

import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bot import doctor
from bot.config import Config, ConfigError, Understanding
from bot.config_file import load
from bot.insight.encoder import Encoder, both
from bot.language import folder as folder_module
from bot.language.folder import FolderEmbeddings
from bot.services import build
from bot.store import revisions
from bot.store.database import Database
from bot.values.language import ModelFailed
from tests.support import static_model
from tests.support.learned import model

TEXTS = ("我要退货", "退款怎么办", "可以开发票吗", "发票抬头错了")
LABELS = ("return", "return", "invoice", "invoice")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return static_model.make(tmp_path / "model", same={"单": "发", "据": "票", "龘": "票"})


def test_words_that_mean_the_same_are_near(folder: Path) -> None:
    embeddings = FolderEmbeddings(folder)
    invoice, paper, goods = np.array(embeddings.vectors(["发票", "单据", "退货"], 5.0))
    assert invoice @ paper == pytest.approx(invoice @ invoice)
    assert invoice @ goods < 0.7 * float(invoice @ invoice)


def test_it_joins_the_character_model_as_a_server_does(folder: Path, tmp_path: Path) -> None:
    encoder = Encoder(FolderEmbeddings(folder), 5.0, away=0.0)
    joined = both(model(), encoder, TEXTS, LABELS, tmp_path / "kept.npy")
    assert "invoice" not in {guess.intent for guess in model().guesses("龘龘")}
    encoder.ask("龘龘")
    assert joined.guesses("龘龘")[0].intent == "invoice"
    encoder.close()


def test_a_sentence_of_which_it_knows_nothing_is_left_to_the_character_model(folder: Path) -> None:
    encoder = Encoder(FolderEmbeddings(folder), 5.0, away=0.0)
    encoder.ask("靐齉爩")
    assert encoder.remembered("靐齉爩") is None
    encoder.ask("发票")
    assert encoder.remembered("发票") is not None


def test_threads_get_the_same(folder: Path) -> None:
    embeddings = FolderEmbeddings(folder)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: embeddings.vectors(["发票", "退货"], 5.0), range(64)))
    assert all(one == found[0] for one in found)


def test_another_model_has_another_name(folder: Path) -> None:
    before = FolderEmbeddings(folder).name
    assert FolderEmbeddings(folder).name == before
    static_model.make(folder, same={"单": "退"})
    assert FolderEmbeddings(folder).name != before


def test_what_is_not_there_is_never_asked_of_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    monkeypatch.setattr(socket.socket, "connect", nobody)
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        (tmp_path / "broken" / name).write_text("{}")
    for name, why in (
        ("minishlab/potion-base-2M", "is no folder"),
        ("empty", "holds no static model"),
        ("broken", "holds no static model"),
    ):
        with pytest.raises(ModelFailed, match=why):
            FolderEmbeddings(tmp_path / name).vectors(["您好"], 5.0)


def test_without_the_extra_it_says_how_to_get_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "LIBRARY", "a_library_nobody_has")
    with pytest.raises(ModelFailed, match=r"pip install weilan\[semantic\]"):
        FolderEmbeddings(folder).vectors(["您好"], 5.0)


def test_the_library_is_loaded_by_who_asks_and_nobody_else() -> None:
    asked = "import sys, weilan; print('model2vec' in sys.modules, 'tokenizers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ("encoder_folder = '/nowhere/model'", "understanding.encoder_folder: expected a folder"),
        ("encoder_folder = '.'\nencoder_url = 'http://127.0.0.1:9/v1'", "understanding.encoder_folder: expected nothing"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_one_clear_line(tmp_path: Path, settings: str, why: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[understanding]\n{settings}\n")
    with pytest.raises(ConfigError, match=why):
        load(file, {})


def test_the_settings_build_it_and_the_doctor_tells_of_it(
    folder: Path, sqlite: Database, tmp_path: Path
) -> None:
    url = sqlite.engine.url.render_as_string(hide_password=False)
    config = Config.model_validate(
        {"database": {"url": url}, "understanding": {"encoder_folder": str(folder)}}
    )
    assert not revisions.missing(sqlite)
    services = build(config)
    assert services.encoder
    services.encoder.ask("发票")
    assert services.encoder.remembered("发票") is not None
    services.close()
    told = {finding.about: finding for finding in doctor.examine(config)}
    assert told["encoder"].is_fine
    assert "32 numbers" in told["encoder"].said
    empty = config.model_copy(update={"understanding": Understanding(encoder_folder=str(tmp_path))})
    assert not next(one for one in doctor.examine(empty) if one.about == "encoder").is_fine
