"""What every answer of the console tells the browser: no scripts, no frames, nothing kept."""

from flask import Response, request

from handlers.console.guard import STYLE

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def added(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if request.endpoint != STYLE:
        response.headers["Cache-Control"] = "no-store"
    return response
