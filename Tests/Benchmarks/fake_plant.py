"""A plant for load and chaos: says who a token speaks of, repeats in each answer what it was asked, and misbehaves on demand.

/plant/mode/NAME sets what it does from then on, /plant/counts tells what it was asked. In every other answer the body is the
request's path, `X-User-Id` and `X-Customer-Id`, so that an answer that reached the wrong client is seen.
"""

import argparse
import asyncio
import base64
import collections
import json
import signal

MODES = ("ok", "held", "slow", "garbage", "cut", "reset")
GARBAGE = b"\x00\xffHTTP/9.9 banana\nnot: a\rhead\r\n\r\n" + bytes(range(256))


class Plant:
    def __init__(self, slow_seconds):
        self.slow_seconds = slow_seconds
        self.mode = "ok"
        self.changed = asyncio.Event()
        self.validations = collections.Counter()
        self.requests = 0

    def set_mode(self, mode):
        self.mode = mode
        self.changed.set()
        self.changed = asyncio.Event()

    def control(self, path):
        if path.startswith("/plant/mode/") and path.rpartition("/")[2] in MODES:
            self.set_mode(path.rpartition("/")[2])
        return json.dumps({
            "mode": self.mode, "requests": self.requests, "validations": self.validations.total(),
            "tokens": len(self.validations),
        })

    def validation(self, fields):
        """The body of a validation. Nothing is verified: the gateway has."""
        token = fields.get("authorization", "").rpartition(" ")[2]
        self.validations[token] += 1
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return json.dumps({
            "valid": True, "customer_id": "of-" + claims["user_id"], "email": claims["email"],
            "user_id": claims["user_id"], "roles": claims["roles"], "plan": None, "kid": "chaos",
            "expires_at": claims["exp"],
        })

    async def serve(self, reader, writer):
        try:
            while await self.one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def one(self, reader, writer):
        """Answers whether the connection goes on."""
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = lines[0].split(" ")[1]
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        await reader.readexactly(int(fields.get("content-length", "0")))
        if path.startswith("/plant/"):
            return await self.send(writer, self.control(path))
        self.requests += 1
        if path == "/api/v1/auth/validate":
            body = self.validation(fields)
        else:
            body = "|".join((path, fields.get("x-user-id", ""), fields.get("x-customer-id", "")))
        mode = self.mode
        if mode == "held":
            await self.changed.wait()
        elif mode == "slow":
            await asyncio.sleep(self.slow_seconds)
        elif mode == "reset":
            writer.transport.abort()
            return False
        elif mode in ("garbage", "cut"):
            text = body.encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n".encode()
            writer.write(GARBAGE if mode == "garbage" else head + text[: len(text) // 2])
            await writer.drain()
            return False
        return await self.send(writer, body)

    async def send(self, writer, body):
        text = body.encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
        await writer.drain()
        return True


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--slow-seconds", type=float, default=5)
    options = parser.parse_args()
    plant = Plant(options.slow_seconds)
    server = await asyncio.start_server(plant.serve, "127.0.0.1", options.port, backlog=4096)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with server:
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main())
