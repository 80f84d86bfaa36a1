"""Runs the sandbox's errands: pushes callbacks to the webhook, three tries with one body, and runs mass sends.

Works in threads of its own (`start`), or in the caller's until nothing is owed (`run_waiting`, for tests). The
network is never touched with the world's lock held.
"""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.sandbox import callbacks, mass, media, replies
from bot.sandbox.errors import Refused
from bot.sandbox.state import Errand
from bot.sandbox.world import World

Transport = Callable[[Mapping[str, str], bytes], tuple[int, bytes]]
"""Posts the body with the query to the webhook, within five seconds; raises `OSError` when nothing comes back."""

TRIES = 3
AT_MOST = 5.0
PAUSE = 1.0  # after a refused connection; after five seconds of waiting there is none
FAILURES_BEFORE_SILENCE = 10
SILENCE = timedelta(minutes=1)
OUT_OF_ORDER = "该公众号暂时无法提供服务，请稍后再试"


class Pusher:
    """`pause` waits between tries, `stopwatch` tells seconds; tests give ones that do not take time."""

    def __init__(
        self,
        world: World,
        transport: Transport,
        *,
        pause: Callable[[float], object] | None = None,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._world = world
        self._transport = transport
        self._stopping = threading.Event()
        self._pause = pause or self._stopping.wait
        self._stopwatch = stopwatch
        self._running: set[int] = set()
        self._threads: list[threading.Thread] = []
        self._failures = 0
        self._silent_until: datetime | None = None

    def start(self, threads: int = 8) -> None:
        for number in range(threads):
            thread = threading.Thread(target=self._keep_running, name=f"sandbox-pusher-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, at_most: float = 6.0) -> None:
        """What is not done stays owed, and is in the snapshot."""
        self._stopping.set()
        with self._world.lock:
            self._world.changed.notify_all()
        until = time.monotonic() + at_most
        for thread in self._threads:
            thread.join(max(until - time.monotonic(), 0.0))
        self._threads.clear()

    def run_waiting(self) -> int:
        """Runs everything owed, and what comes of it; answers how many errands that were."""
        number = 0
        while errand := self._take():
            self._run(errand)
            number += 1
        return number

    def _keep_running(self) -> None:
        while not self._stopping.is_set():
            with self._world.changed:
                errand = self._take()
                if errand is None:
                    self._world.changed.wait(1.0)
            if errand is not None:
                self._run(errand)

    def _take(self) -> Errand | None:
        with self._world.lock:
            for errand in self._world.state.errands:
                if errand.id not in self._running:
                    self._running.add(errand.id)
                    return errand
        return None

    def _run(self, errand: Errand) -> None:
        if errand.mass_id is not None:
            with self._world.lock:
                mass.run(self._world, self._world.state.mass[errand.mass_id])
                self._done(errand)
            return
        answer = self._push(errand)
        if answer is None and self._stopping.is_set():
            return  # cut off by our own end: owed again after the restart
        with self._world.lock:
            self._show(errand, answer)
            self._done(errand)

    def _done(self, errand: Errand) -> None:
        self._world.state.errands.remove(errand)
        self._running.discard(errand.id)
        self._world.has_changed()

    def _push(self, errand: Errand) -> bytes | None:
        """The webhook's answer, or None after three tries without one, or while the platform keeps silent."""
        if self._silent_until and self._world.real() < self._silent_until:
            return None
        timestamp = int(self._world.now().timestamp())
        query, body = callbacks.sealed_push(
            self._world.account, errand.fields, timestamp, secrets.token_hex(5)
        )
        for number in range(TRIES):
            begun = self._stopwatch()
            try:
                status, answer = self._transport(query, body)
            except OSError:
                status, answer = 0, b""
            took = self._stopwatch() - begun
            if status == 200 and took <= AT_MOST:
                self._failures = 0
                return answer
            if self._stopping.is_set():
                return None
            if number < TRIES - 1 and took < AT_MOST:
                self._pause(PAUSE)
        self._note_failure()
        return None

    def _note_failure(self) -> None:
        with self._world.lock:
            self._failures += 1
            if self._failures >= FAILURES_BEFORE_SILENCE:
                self._failures = 0
                self._silent_until = self._world.real() + SILENCE

    def _show(self, errand: Errand, answer: bytes | None) -> None:
        openid, world = errand.openid, self._world
        result = (
            replies.Broken("服务器三次都没有在五秒内正确应答")
            if answer is None
            else replies.read(world.account, errand.fields, answer)
        )
        match result:
            case replies.Nothing():
                return
            case replies.Broken(why):
                self._complain(errand, why)
            case replies.Shown(kind, text, details, remarks):
                if problem := _unusable_media(world, kind, details):
                    self._complain(errand, problem)
                    return
                if kind != "nothing" and openid in world.state.followers:
                    world.show(openid, "account", "passive", kind, text, **details)
                for remark in remarks:
                    world.note_problem(openid, remark)

    def _complain(self, errand: Errand, why: str) -> None:
        """The platform tells the customer; of its own reports nobody hears."""
        world = self._world
        if errand.openid in world.state.followers and errand.fields.get("Event") not in replies.NO_REPLY:
            world.show(errand.openid, "system", "system", "note", OUT_OF_ORDER)
        world.note_problem(errand.openid, why)


def _unusable_media(world: World, kind: str, details: dict[str, object]) -> str:
    if kind not in replies.MEDIA:
        return ""
    try:
        media.usable(world, details.get("media_id"), kind)
    except Refused:
        return "回复里的 MediaId 无效或已过期"
    return ""
