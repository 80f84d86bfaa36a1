"""Where the demo keeps what it makes."""

from pathlib import Path

from bot.sandbox import demo
from bot.store.database import Database


def test_everything_is_kept_in_the_folder_whatever_it_is_called(tmp_path: Path) -> None:
    folder = tmp_path / "一间 100%25 好店? #1"
    database = Database(demo.settings(folder, 8000).database.url.get_secret_value())
    with database.transaction():
        pass
    database.close()
    assert {file.name for file in folder.iterdir()} == {"account.json", "weilan.db"}
    assert [file.name for file in tmp_path.iterdir()] == [folder.name]
