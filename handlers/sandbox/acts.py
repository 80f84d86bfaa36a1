"""What the person at the chat page does as a customer: each is written down at once; the answer is polled for."""

from flask import Blueprint, Response, jsonify, request, url_for

from bot.sandbox.people import NotPossible
from bot.sandbox.platform import Platform
from handlers.sandbox.asking import Unclear, asked, number, words
from handlers.sandbox.chat import SAFE_TO_SHOW

MOST_PICTURE_BYTES = 2 << 20
MOST_LETTERS = 2000
NAME_LETTERS = 20
SCENE_LETTERS = 64


def add(page: Blueprint, platform: Platform) -> None:
    page.register_error_handler(NotPossible, _not_possible)
    _add_messages(page, platform)
    _add_events(page, platform)


def _add_messages(page: Blueprint, platform: Platform) -> None:
    @page.post("/people/<openid>/say")
    def say(openid: str) -> Response:
        platform.says(openid, words("text", most=MOST_LETTERS))
        return _done()

    @page.post("/people/<openid>/option")
    def option(openid: str) -> Response:
        platform.taps_option(openid, words("id", most=MOST_LETTERS), words("text", most=MOST_LETTERS))
        return _done()

    @page.post("/people/<openid>/picture")
    def picture(openid: str) -> Response:
        file = request.files.get("picture")
        content = file.read(MOST_PICTURE_BYTES + 1) if file else b""
        if file is None or file.mimetype not in SAFE_TO_SHOW or not 0 < len(content) <= MOST_PICTURE_BYTES:
            raise Unclear("请选择一张不超过 2 MB 的图片")
        address = url_for("sandbox.media", media_id="", _external=True)
        platform.sends_picture(openid, content, file.mimetype, address)
        return _done()

    @page.post("/people/<openid>/voice")
    def voice(openid: str) -> Response:
        platform.sends_voice(openid, int(number("seconds", 1, 60)))
        return _done()

    @page.post("/people/<openid>/location")
    def location(openid: str) -> Response:
        platform.sends_location(
            openid, number("latitude", -90, 90), number("longitude", -180, 180), words("label", most=100)
        )
        return _done()


def _add_events(page: Blueprint, platform: Platform) -> None:
    @page.post("/people")
    def meet() -> Response:
        return jsonify(openid=platform.newcomer(words("name", most=NAME_LETTERS).strip()).openid)

    @page.post("/people/<openid>/menu")
    def menu(openid: str) -> Response:
        position = asked().get("position")
        if (
            not isinstance(position, list)
            or not 1 <= len(position) <= 2
            or not all(_is_place(place) for place in position)
        ):
            raise Unclear("position: expected one or two numbers from 0")
        button = platform.taps_menu(openid, tuple(position))
        return jsonify(done=True, url=button.get("url", "") if button.get("type") == "view" else "")

    @page.post("/people/<openid>/scan")
    def scan(openid: str) -> Response:
        platform.scans(openid, words("scene", most=SCENE_LETTERS).strip())
        return _done()

    @page.post("/people/<openid>/follow")
    def follow(openid: str) -> Response:
        platform.follows(openid)
        return _done()

    @page.post("/people/<openid>/unfollow")
    def unfollow(openid: str) -> Response:
        platform.unfollows(openid)
        return _done()

    @page.post("/people/<openid>/notice")
    def notice(openid: str) -> Response:
        platform.answers_notice_prompt(
            openid, words("template", most=100), accepts=asked().get("accepts") is True
        )
        return _done()

    @page.post("/people/<openid>/templates")
    def templates(openid: str) -> Response:
        takes = asked().get("takes")
        if not isinstance(takes, bool):
            raise Unclear("takes: expected true or false")
        platform.refuses_templates(openid, refuses=not takes)
        return _done()


def _is_place(place: object) -> bool:
    return isinstance(place, int) and not isinstance(place, bool) and 0 <= place < 5


def _done() -> Response:
    return jsonify(done=True)


def _not_possible(error: Exception) -> tuple[Response, int]:
    return jsonify(problem=str(error)), 409
