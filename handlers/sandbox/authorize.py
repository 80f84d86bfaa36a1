"""The platform's authorization page. In WeChat it passes by unseen; here one says first whose phone this is."""

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from bot.sandbox.errors import Refused
from bot.sandbox.platform import Platform

MOST_SHOWN = 60


def add(page: Blueprint, platform: Platform) -> None:
    @page.get("/connect/oauth2/authorize")
    def authorize() -> ResponseReturnValue:
        given = request.args.to_dict()
        openid = given.pop("as", "")
        try:
            if openid:
                return redirect(platform.authorizes(openid, given), code=302)
            platform.check_authorization(given)
        except Refused as refused:
            return Response(
                f"{refused.errcode} {refused.words}", 400, content_type="text/plain; charset=utf-8"
            )
        people = platform.people(given.pop("q", "")[:50], MOST_SHOWN)
        return render_template("sandbox/authorize.html", people=people, given=given)
