"""A WeChat that answers everything well after a while, at next to no cost. `python -m tests.bench._wechat PORT SECONDS`."""

import asyncio
import sys
from typing import cast

TOKEN = b'{"access_token": "token-of-the-bench", "expires_in": 7200}'
WELL = b'{"errcode": 0, "errmsg": "ok", "msg_id": %d, "msg_data_id": 1}'


class Answers(asyncio.Protocol):
    """One kept connection; requests come one after the other."""

    latency = 0.03
    asked = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._heard = b""

    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, found, rest = self._heard.partition(b"\r\n\r\n")
        if not found:
            return
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line[:15].lower() == b"content-length:"), 0
        )
        if len(rest) < length:
            return
        self._heard = b""
        Answers.asked += 1
        body = (
            TOKEN
            if b"token HTTP" in head or b"/stable_token" in head.split(b"?")[0]
            else WELL % Answers.asked
        )
        answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; encoding=utf-8\r\nContent-Length: %d\r\n\r\n%s"
        asyncio.get_running_loop().call_later(self.latency, self._transport.write, answer % (len(body), body))


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Answers, "127.0.0.1", port, backlog=1024)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    Answers.latency = float(sys.argv[2])
    asyncio.run(serve(int(sys.argv[1])))
