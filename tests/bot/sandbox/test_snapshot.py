import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.sandbox import snapshot
from bot.sandbox.platform import Platform
from tests.bot.sandbox.conftest import ANNA, BO, Caller
from tests.support.webhook import StandIn, field


def test_a_restarted_platform_knows_what_it_knew(
    make_platform: Callable[..., Platform], tmp_path: Path
) -> None:
    path = tmp_path / "deep" / "sandbox.json"
    before = make_platform(path=path)
    api = Caller(before)
    before.says(ANNA, "在吗")
    before.sends_picture(BO, b"\x89PNG\xff\x00", "image/png")
    api.send_text(ANNA, "您好 🍵")
    api.post(
        "/cgi-bin/message/mass/send",
        {"touser": [ANNA, BO], "msgtype": "text", "text": {"content": "群发"}, "clientmsgid": "d-1"},
    )
    before.run_waiting()
    before.stop()

    after = make_platform(path=path)
    assert after.world.state == before.world.state
    codes = [Caller(after).send_text(ANNA) for _ in range(5)]
    assert codes == [0, 0, 0, 0, 45047]


def test_what_was_owed_is_pushed_after_the_restart_with_the_same_number(
    make_platform: Callable[..., Platform], tmp_path: Path
) -> None:
    path = tmp_path / "sandbox.json"
    before = make_platform(path=path)
    before.says(ANNA, "在吗")
    number = before.world.state.errands[0].fields["MsgId"]
    before.stop()
    webhook = StandIn()
    after = make_platform(path=path, transport=webhook)
    after.run_waiting()

    assert [field(body, "MsgId") for body in webhook.bodies] == [str(number)]


def test_the_threads_push_by_themselves_and_the_end_writes_the_snapshot(
    make_platform: Callable[..., Platform], tmp_path: Path
) -> None:
    pushed = threading.Event()

    def webhook(_query: Mapping[str, str], _body: bytes) -> tuple[int, bytes]:
        pushed.set()
        return 200, b"success"

    path = tmp_path / "sandbox.json"
    platform = make_platform(path=path, transport=webhook)
    platform.start(threads=2)
    platform.says(ANNA, "在吗")
    assert pushed.wait(60)
    platform.stop()

    state = snapshot.load(path)
    assert state is not None
    assert [line.text for line in state.chats[ANNA]] == ["在吗"]
    assert state.errands == []
    assert [file.name for file in tmp_path.iterdir()] == ["sandbox.json"]


def test_nothing_is_written_while_nothing_changes(platform: Platform, tmp_path: Path) -> None:
    keeper = snapshot.Keeper(platform.world, tmp_path / "sandbox.json")

    assert not keeper.write_if_changed()
    platform.says(ANNA, "在吗")
    assert keeper.write_if_changed()
    assert not keeper.write_if_changed()


def test_a_file_that_is_no_snapshot_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.json"
    path.write_text("{")

    with pytest.raises(snapshot.UnreadableSnapshot, match=r"sandbox\.json"):
        snapshot.load(path)


def test_seeding_again_changes_nobody(platform: Platform, clock: FixedClock) -> None:
    platform.unfollows(ANNA)
    anna = platform.follower(ANNA)
    assert anna is not None
    platform.seed([type(anna)(openid=ANNA, name="另一个安娜", followed_at=clock.now())])

    assert platform.follower(ANNA) is anna
    assert not anna.following
