"""WeChat's API under /sandbox: hands each call to the simulator and its answer back."""

from collections.abc import Iterator

from flask import Blueprint, Response, request

from bot.sandbox.calls import Answer, Call
from bot.sandbox.media import Upload
from bot.sandbox.platform import Platform

ROOTS = ("cgi-bin", "wxaapi", "datacube", "customservice", "wxa", "sns")


def add(page: Blueprint, platform: Platform) -> None:
    def answer(_rest: str) -> Response:
        return _response(platform.call(_call()))

    for root in ROOTS:
        page.add_url_rule(f"/{root}/<path:_rest>", "answer", answer, methods=["GET", "POST"])


def _call() -> Call:
    file = next(iter(request.files.values()), None) if "media" in request.files else None
    return Call(
        method=request.method,
        path=request.path.removeprefix("/sandbox"),
        args=request.args.to_dict(),
        body=b"" if request.files else request.get_data(),
        file=Upload(file.filename or "", file.read(), file.mimetype) if file else None,
        caller=request.remote_addr or "",
    )


def _response(answer: Answer) -> Response:
    if answer.ending == "broken":
        return Response(
            _broken(answer.content),
            headers={"Content-Length": str(len(answer.content) + 1)},
            content_type=answer.content_type,
        )
    return Response(answer.content, answer.status, content_type=answer.content_type)


def _broken(content: bytes) -> Iterator[bytes]:
    """Ends before it is complete: the server can only break the connection."""
    yield content[: len(content) // 2]
    raise ConnectionAbortedError("ordered: the connection breaks here")
