"""What the bench serves: the product, or a peer as people write it. `python -m tests.bench._server WHAT PORT THREADS`."""

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handlers.server import Loaded

TOKEN = "weilan-token"
APP_ID = "wx0123456789abcdef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def main() -> None:
    what, port, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if what == "werobot":
        _werobot(port)
        return
    from handlers.server import serve  # noqa: PLC0415  the peers' environment has none of it

    serve({"echo": _echo, "weilan": _weilan}[what], host="127.0.0.1", port=port, processes=1, threads=threads)


def _echo() -> "Loaded":
    """The canonical bot of wechatpy's own examples, with AES and the checks they make."""
    from flask import Flask, abort, request  # noqa: PLC0415
    from wechatpy import create_reply, parse_message  # noqa: PLC0415
    from wechatpy.crypto import WeChatCrypto  # noqa: PLC0415
    from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException  # noqa: PLC0415
    from wechatpy.utils import check_signature  # noqa: PLC0415

    from handlers.server import Loaded  # noqa: PLC0415

    app = Flask(__name__)

    @app.route("/wechat", methods=["GET", "POST"])
    def wechat() -> str:
        signature = request.args.get("signature", "")
        timestamp = request.args.get("timestamp", "")
        nonce = request.args.get("nonce", "")
        msg_signature = request.args.get("msg_signature", "")
        try:
            check_signature(TOKEN, signature, timestamp, nonce)
        except InvalidSignatureException:
            abort(403)
        if request.method == "GET":
            return request.args.get("echostr", "")
        crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
        try:
            message = crypto.decrypt_message(request.data, msg_signature, timestamp, nonce)
        except (InvalidSignatureException, InvalidAppIdException):
            abort(403)
        msg = parse_message(message)
        reply = create_reply(msg.content if msg.type == "text" else "Sorry, can not handle this for now", msg)
        sealed: str = crypto.encrypt_message(reply.render(), nonce, timestamp)
        return sealed

    return Loaded(app, stop=lambda: None)


def _weilan() -> "Loaded":
    """The product's own web process, with all that runs in it."""
    from bot import config_file  # noqa: PLC0415
    from handlers.process import Alone, WebProcess  # noqa: PLC0415

    settings = config_file.load(
        None,
        os.environ
        | {
            "WEILAN_WECHAT__APP_ID": APP_ID,
            "WEILAN_WECHAT__TOKEN": TOKEN,
            "WEILAN_WECHAT__ENCODING_AES_KEY": AES_KEY,
            "WEILAN_SERVER__SPOOL": str(
                Path(os.environ.get("TMPDIR", "/tmp")) / f"weilan-bench-spool-{os.getpid()}"
            ),
        },
    )
    return WebProcess(settings, debug=False, quiet=True, begin=Alone)()


def _werobot(port: int) -> None:
    import werobot  # type: ignore[import-not-found]  # noqa: PLC0415

    os.chdir(tempfile.mkdtemp(prefix="weilan-bench-"))  # its session is a file where it stands
    robot = werobot.WeRoBot(token=TOKEN, encoding_aes_key=AES_KEY, app_id=APP_ID)
    robot.add_handler(lambda message: message.content, type="text")
    robot.config["HOST"], robot.config["PORT"] = "127.0.0.1", port
    robot.run()


if __name__ == "__main__":
    main()
