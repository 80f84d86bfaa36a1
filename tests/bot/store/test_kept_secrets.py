from concurrent.futures import ThreadPoolExecutor

from bot.store.database import Database
from bot.store.kept_secrets import secret_key


def asked(database: Database) -> str:
    with database.transaction() as session:
        return secret_key(session)


def test_all_who_ask_first_get_the_same_key_and_so_does_everybody_later(database: Database) -> None:
    with ThreadPoolExecutor(10) as threads:
        keys = set(threads.map(lambda _: asked(database), range(10)))

    (key,) = keys
    assert len(key) >= 43
    assert asked(database) == key
