"""The customer's own page: what is known of them and from whom, to correct, to erase, to tell.

Whose page it is comes from WeChat's web authorization, or from a signed link out of the chat; never from the address.
"""

from flask import Blueprint, Response, request

from handlers.profile import page, visitor

POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
STYLE = "profile.static"


def blueprint() -> Blueprint:
    made = Blueprint(
        "profile", __name__, url_prefix=visitor.PATH, template_folder="templates", static_folder="static"
    )
    page.add(made)
    made.after_request(_with_headers)
    return made


def _with_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "no-referrer"  # an address may carry a signed link
    if request.endpoint != STYLE:
        response.headers["Cache-Control"] = "no-store"
    return response
