"""The pretended WeChat platform: one account, its followers and chats, its API, and its pushes.

Thread-safe; told the time by a clock. A test gives a transport of its own and calls `run_waiting`; the demo
calls `start` and `stop`.
"""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.clock import Clock
from bot.sandbox import menus, oauth, people, quota_tools, snapshot, tokens, windows
from bot.sandbox.account import Account
from bot.sandbox.api import Api
from bot.sandbox.calls import Answer, Call
from bot.sandbox.faults import Faults
from bot.sandbox.pusher import Pusher, Transport
from bot.sandbox.state import Follower, Line, Media, State
from bot.sandbox.world import Template, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One customer in the page's list."""

    openid: str
    name: str
    following: bool
    last: Line | None
    replies_left: int
    takes_templates: bool


class Platform:
    """`path`: where the state is kept over a restart; none keeps nothing."""

    def __init__(
        self,
        account: Account,
        clock: Clock,
        transport: Transport,
        *,
        path: Path | None = None,
        templates: Sequence[Template] = (),
        notices: Sequence[Template] = (),
        limits: dict[str, int] | None = None,
        chance: random.Random | None = None,
        sleep: Callable[[float], None] = time.sleep,
        pause: Callable[[float], object] | None = None,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        state = (snapshot.load(path) if path else None) or State()
        self.world = World(
            account=account,
            clock=clock,
            state=state,
            templates=templates,
            notices=notices,
            limits=quota_tools.by_path(limits or {}),
        )
        self.faults = Faults(chance)
        self.pusher = Pusher(self.world, transport, pause=pause, stopwatch=stopwatch)
        self._api = Api(self.world, self.faults, sleep)
        self._keeper = snapshot.Keeper(self.world, path) if path else None

    @property
    def account(self) -> Account:
        return self.world.account

    def start(self, threads: int = 8) -> None:
        self.pusher.start(threads)
        if self._keeper:
            self._keeper.start()

    def stop(self) -> None:
        self.pusher.stop()
        if self._keeper:
            self._keeper.stop()

    def run_waiting(self) -> int:
        """Pushes and runs what is owed, here and now; answers how many errands that were."""
        return self.pusher.run_waiting()

    def call(self, call: Call) -> Answer:
        """One call of the API."""
        return self._api.answer(call)

    # who there is

    def seed(self, followers: Iterable[Follower]) -> None:
        """Adds those who are not known yet; a restarted demo seeds again without harm."""
        with self.world.lock:
            for follower in followers:
                self.world.state.followers.setdefault(follower.openid, follower)
            self.world.has_changed()

    def set_menu(self, buttons: list[dict[str, Any]]) -> None:
        """As the API's menu/create; raises `Refused`."""
        with self.world.lock:
            menus.create(self.world, {"button": buttons})

    def newcomer(self, name: str) -> Follower:
        with self.world.lock:
            return people.newcomer(self.world, name)

    def follower(self, openid: str) -> Follower | None:
        with self.world.lock:
            return self.world.state.followers.get(openid)

    def people(self, words: str = "", most: int = 60) -> list[Person]:
        """Those whose name or openid has the words in it, who was active last first."""
        with self.world.lock:
            found = [
                one
                for one in self.world.state.followers.values()
                if words.lower() in one.name.lower() or words in one.openid
            ]
            found.sort(key=lambda one: one.active_at.timestamp() if one.active_at else 0.0, reverse=True)
            return [self._person(one) for one in found[:most]]

    def person(self, openid: str) -> Person | None:
        with self.world.lock:
            found = self.world.state.followers.get(openid)
            return self._person(found) if found else None

    # what customers do; each raises `NotPossible` with a sentence

    def says(self, openid: str, text: str) -> None:
        with self.world.lock:
            people.says(self.world, openid, text)

    def taps_option(self, openid: str, option_id: str, text: str) -> None:
        with self.world.lock:
            people.taps_option(self.world, openid, option_id, text)

    def sends_picture(self, openid: str, content: bytes, content_type: str, address: str = "") -> None:
        with self.world.lock:
            people.sends_picture(self.world, openid, content, content_type, address)

    def sends_voice(self, openid: str, seconds: int) -> None:
        with self.world.lock:
            people.sends_voice(self.world, openid, seconds)

    def sends_location(self, openid: str, latitude: float, longitude: float, label: str) -> None:
        with self.world.lock:
            people.sends_location(self.world, openid, latitude, longitude, label)

    def taps_menu(self, openid: str, position: tuple[int, ...]) -> dict[str, Any]:
        with self.world.lock:
            return people.taps_menu(self.world, openid, position)

    def scans(self, openid: str, scene: str) -> None:
        with self.world.lock:
            people.scans(self.world, openid, scene)

    def follows(self, openid: str) -> None:
        with self.world.lock:
            people.follows(self.world, openid)

    def unfollows(self, openid: str) -> None:
        with self.world.lock:
            people.unfollows(self.world, openid)

    def authorizes(self, openid: str, given: Mapping[str, str]) -> str:
        """They open a page of the account that asks who they are; raises `Refused`. Where their browser goes then."""
        with self.world.lock:
            return oauth.authorized(self.world, openid, given)

    def check_authorization(self, given: Mapping[str, str]) -> None:
        """Raises `Refused`."""
        with self.world.lock:
            oauth.check_request(self.world, given)

    def answers_notice_prompt(self, openid: str, template_id: str, *, accepts: bool) -> None:
        with self.world.lock:
            people.answers_notice_prompt(self.world, openid, template_id, accepts=accepts)

    def refuses_notices(self, openid: str, template_id: str) -> None:
        with self.world.lock:
            people.refuses_notices(self.world, openid, template_id)

    def refuses_templates(self, openid: str, *, refuses: bool) -> None:
        with self.world.lock:
            people.refuses_templates(self.world, openid, refuses=refuses)

    # what is to be seen

    def lines(self, openid: str, after: int = 0) -> list[Line]:
        """The customer's chat, oldest first, without what `after` or an earlier number is."""
        with self.world.lock:
            return [line for line in self.world.state.chats.get(openid, []) if line.n > after]

    def menu(self) -> list[dict[str, Any]]:
        with self.world.lock:
            return list((self.world.state.menu or {}).get("button", []))

    def media(self, media_id: str) -> Media | None:
        with self.world.lock:
            return self.world.state.media.get(media_id)

    def problems(self) -> list[str]:
        """What the product did that the platform would have punished or swallowed, oldest first."""
        with self.world.lock:
            return list(self.world.state.problems)

    def end_tokens(self) -> None:
        """As if somebody had fetched a token elsewhere: what is known so far answers 40001."""
        with self.world.lock:
            tokens.end_all(self.world.state)

    def _person(self, follower: Follower) -> Person:
        lines = reversed(self.world.state.chats.get(follower.openid, []))
        return Person(
            openid=follower.openid, name=follower.name, following=follower.following,
            last=next((line for line in lines if line.way != "problem"), None),
            replies_left=windows.left(follower, self.world.now()) if follower.following else 0,
            takes_templates=not follower.refuses_templates,
        )  # fmt: skip
