"""The console's error page: what is expected says what to do, what is not is logged under a number."""

import secrets
from urllib.parse import urlsplit

import structlog
from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from handlers.console import unsent
from handlers.console.guard import signed_in

_log = structlog.get_logger(__name__)


def add_to(console: Blueprint) -> None:
    console.register_error_handler(HTTPException, _expected)
    console.register_error_handler(Exception, _unexpected)


def _expected(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    status = error.code or 500
    if isinstance(error, CSRFError) and unsent.came_from_here() and signed_in():
        return unsent.shown(unsent.of_this_request(), urlsplit(request.referrer or "").path), status
    if isinstance(error, CSRFError):
        said = _("页面放得太久，或者不是从这里提交的。请返回、刷新，再提交一次。")
    elif status == 403:
        said = _("您的角色不能看这一页。需要时请找管理员。")
    elif status == 404:
        said = _("没有这一页，或者它已经不在了。")
    else:
        said = _("这个请求没有办法处理。")
    return render_template("console/error.html", status=status, said=said), status


def _unexpected(error: Exception) -> ResponseReturnValue:
    number = secrets.token_hex(4)
    _log.error("console_error", number=number, path=request.path, exc_info=error)
    said = _("出错了，已经记下，编号 %(number)s。数据没有改动。", number=number)
    return render_template("console/error.html", status=500, said=said), 500
